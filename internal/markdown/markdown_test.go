package markdown

import "testing"

func TestHTML(t *testing.T) {
	for _, c := range []struct{ name, in, out string }{
		{"paragraph", "one *two* **three** `four`", "<p>one <em>two</em> <strong>three</strong> <code>four</code></p>\n"},
		{"heading", "# One\n\n##### Five", "<h3>One</h3>\n<h6>Five</h6>\n"},
		{"table", "|a|b|\n|-|-|\n|1|2|", "<div class=\"scrolls\" tabindex=\"0\"><table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table></div>\n"},
		{"code", "```go\na < b\n```", "<pre tabindex=\"0\"><code class=\"language-go\">a &lt; b\n</code></pre>\n"},
		{"tags are left out", "a <b onclick=x>b</b> c", "<p>a <!-- raw HTML omitted -->b<!-- raw HTML omitted --> c</p>\n"},
		{"blocks of tags too", "<script>alert(1)</script>", "<!-- raw HTML omitted -->\n"},
		{"no script in links", "[a](javascript:alert(1)) [b](data:text/html,x) ![c](vbscript:x)", "<p><a href=\"\">a</a> <a href=\"\">b</a> <img src=\"\" alt=\"c\"></p>\n"},
		{"quotes in addresses", "[a](https://example.org/\"onclick=x)", "<p><a href=\"https://example.org/%22onclick=x\">a</a></p>\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := HTML([]byte(c.in))
			if err != nil {
				t.Fatal(err)
			}
			if got != c.out {
				t.Errorf("got  %q\nwant %q", got, c.out)
			}
		})
	}
}

func TestDocument(t *testing.T) {
	for _, c := range []struct{ name, in, out string }{
		{"headings", "# One\n\nTwo\n---", "<h2>One</h2>\n<h3>Two</h3>\n"},
		{"list", "- one\n- *two*", "<ul>\n<li>one</li>\n<li><em>two</em></li>\n</ul>\n"},
		{"address", "See https://guild.example/a?b=1&c.", "<p>See <a href=\"https://guild.example/a?b=1&amp;c\">https://guild.example/a?b=1&amp;c</a>.</p>\n"},
		{"tags are text", "a <b onclick=x>b</b> c", "<p>a &lt;b onclick=x&gt;b&lt;/b&gt; c</p>\n"},
		{"blocks of tags too", "<script>\nalert(1)\n</script>", "<p>&lt;script&gt;\nalert(1)\n&lt;/script&gt;</p>\n"},
		{"no script in links", "[a](javascript:alert(1)) <javascript:alert(1)> javascript:alert(1)", "<p><a href=\"\">a</a> <a href=\"\">javascript:alert(1)</a> javascript:alert(1)</p>\n"},
		{"quotes in addresses", "https://example.org/\"onclick=x", "<p><a href=\"https://example.org/%22onclick=x\">https://example.org/&quot;onclick=x</a></p>\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Document([]byte(c.in))
			if err != nil {
				t.Fatal(err)
			}
			if got != c.out {
				t.Errorf("got  %q\nwant %q", got, c.out)
			}
		})
	}
}
