package hint

import (
	"strings"

	"github.com/kljensen/snowball/english"
)

// set turns a list of words into a set.
func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

// functionWords hold a sentence together and say nothing by themselves. Prose
// has one in every two or three words, a list of keywords nearly none.
var functionWords = set(`a an the this that these those such some any each every both all either another other others same
	i you he she it we they me him her us them my your his its our their mine yours who whom whose which what where when why how
	myself itself themselves somebody someone anybody anyone everybody everyone something anything everything
	am is are was were be been being do does did doing done have has had having will would shall should can could may might must
	of in on at by for with from to into onto about over under between through during against among within per as than like via
	up down out off then there here so too very just also only even still yet again already always often usually mostly mainly
	if because since while although though unless until before after whether but however therefore thus hence
	and or plus not no nor never none nobody nothing neither without cannot
	much many more most few less least own well now let lets get gets got want wants need needs make makes made use uses used
	say says said go goes went come comes came finally let's`)

// separators stand between the items of a list as well as between sentences' parts.
var separators = set(`and or plus with then also`)

// meta is the stems of what rubrics say about answers, not of what answers say.
var meta = set(`say name explain describe state give show know argue compare separate define draw admit treat weigh sum choose
	recognize consider require reason contrast justify clarifi begin start correct correctly such least fit own speaker situat action
	result task mean point consequ exampl instanc kind form term word typic further one two three someth correctli look part place
	assign decid count take thing answer hold can could need good well way order case know first second next`)

// weak is the stems of words of so many topics that one of them alone is no sign that a
// certain point was made.
var weak = set(`time data limit key order work size memori back search read load queue test write cache step use bound tabl list
	hash constant linear singl latenc rate next request transact small failur team cost set number count version index tree make
	decis sinc check problem everi code deadlin server user compar delet chang full sort error disk databas share person learn
	effect may lost part few short access wait caus fix open state level known happen updat equal event entri option goal fast
	take call page slow repeat let length input whole look move end start valu new right add replac exact keep random node edg
	system price need exampl word choic had fact larg loss store block real fewer answer oper return function top point mani
	simpl way result map get put post patch safe project reason measur program learn cach told said ask decid wrote tri explain
	talk note result chang because data use it appli join link copi move front full split drop shift first both any least
	weight schema queri tabl process resourc traffic http document graph publish session state signatur event contract
	client independ page version domain`)

// irregular is past tenses and plurals that no rule of endings reaches, and the
// short forms that people write.
var irregular = map[string]string{
	"wrote": "write", "written": "write", "sent": "send", "told": "tell", "kept": "keep", "took": "take", "taken": "take",
	"found": "find", "chose": "choose", "chosen": "choose", "lost": "lose", "broke": "break", "broken": "break", "gave": "give",
	"given": "give", "held": "hold", "grew": "grow", "grown": "grow", "made": "make", "built": "build", "ran": "run", "knew": "know",
	"known": "know", "went": "go", "gone": "go", "shown": "show", "drew": "draw", "spoke": "speak", "spoken": "speak", "met": "meet",
	"began": "begin", "begun": "begin", "fell": "fall", "fallen": "fall", "meant": "mean", "thought": "think", "caught": "catch",
	"threw": "throw", "thrown": "throw", "forgot": "forget", "forgotten": "forget", "rose": "rise", "shrank": "shrink",
	"indices": "index", "vertices": "vertex", "ack": "acknowledge", "acks": "acknowledge", "acked": "acknowledge", "db": "database",
	"config": "configuration", "repo": "repository", "param": "parameter", "params": "parameter", "prod": "production",
	"redelivery": "redeliver", "redeliveries": "redeliver", "delivery": "deliver",
	"postgres": "postgresql", "mails": "mail", "e-mail": "mail", "licence": "license", "defence": "defense",
}

// longest is the length in bytes of what is taken for a word; the stemmer's work
// grows with it.
const longest = 40

// stem takes the inflection off a word in lower case, and makes the British and
// the American spelling one.
func stem(w string) string {
	if i, ok := irregular[w]; ok {
		w = i
	}
	if len(w) > longest || len(w) < 3 {
		return w
	}
	return english.Stem(american(w), true)
}

func american(w string) string {
	for _, s := range [...][2]string{
		{"isation", "ization"}, {"isations", "izations"}, {"ise", "ize"}, {"ised", "ized"}, {"ises", "izes"}, {"ising", "izing"},
		{"yse", "yze"}, {"ysed", "yzed"}, {"ysing", "yzing"}, {"viour", "vior"}, {"colour", "color"}, {"labour", "labor"},
		{"elled", "eled"}, {"elling", "eling"}, {"centre", "center"},
	} {
		if len(w) > len(s[0])+2 && strings.HasSuffix(w, s[0]) {
			return strings.TrimSuffix(w, s[0]) + s[1]
		}
	}
	return w
}
