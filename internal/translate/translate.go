// Package translate has texts translated by a server that speaks the protocol of
// LibreTranslate. Which texts those are, who may have them translated and how
// long a translation is kept does not belong here.
package translate

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
)

const (
	// within is how long an answer may take in all.
	within = 10 * time.Second
	// answerMax bounds an answer, in bytes.
	answerMax = 1 << 20
)

// Provider is who translates, for the reader.
const Provider = "LibreTranslate"

// Client asks one server. Its methods may be called concurrently. All of them
// return Unavailable when the server does not answer as it should.
type Client struct {
	address string // without a slash at the end
	key     string
	http    *http.Client
}

// New returns a client of the server at an http or https address, which the
// owner of this server has chosen; it may be a private one. key is empty if the
// server wants none.
func New(address, key string) *Client {
	return &Client{address: strings.TrimSuffix(address, "/"), key: key, http: &http.Client{
		// Where a redirect leads nobody has chosen, and the key would go there too.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Languages returns which languages can be translated into which.
func (c *Client) Languages(ctx context.Context) (map[string][]string, error) {
	var answer []struct {
		Code    string   `json:"code"`
		Targets []string `json:"targets"`
	}
	if err := c.do(ctx, http.MethodGet, "/languages", nil, &answer); err != nil {
		return nil, err
	}
	all := map[string][]string{}
	for _, l := range answer {
		targets := []string{}
		for _, t := range l.Targets {
			if t != l.Code { // the protocol names a language among its own targets
				targets = append(targets, t)
			}
		}
		all[l.Code] = targets
	}
	return all, nil
}

// Translate returns texts in another language, in their order, and the language
// that they were in: source, or what the server takes it for if that is empty.
func (c *Client) Translate(ctx context.Context, texts []string, source, target string) (translated []string, from string, err error) {
	ask := struct {
		Texts  []string `json:"q"`
		Source string   `json:"source"`
		Target string   `json:"target"`
		Format string   `json:"format"`
		Key    string   `json:"api_key,omitempty"`
	}{texts, source, target, "text", c.key}
	if source == "" {
		ask.Source = "auto"
	}
	body, err := json.Marshal(ask)
	if err != nil {
		return nil, "", err
	}
	var answer struct {
		Texts    []string `json:"translatedText"`
		Detected []struct {
			Language string `json:"language"`
		} `json:"detectedLanguage"`
	}
	if err := c.do(ctx, http.MethodPost, "/translate", body, &answer); err != nil {
		return nil, "", err
	}
	if len(answer.Texts) != len(texts) {
		return nil, "", failed(fmt.Errorf("%d texts translated of %d", len(answer.Texts), len(texts)))
	}
	if source == "" && len(answer.Detected) > 0 {
		source = answer.Detected[0].Language
	}
	return answer.Texts, source, nil
}

// do sends a request and reads its answer.
func (c *Client) do(ctx context.Context, method, path string, body []byte, into any) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, c.address+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Accept", "application/json")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	res, err := c.http.Do(r)
	if err != nil {
		return failed(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(io.LimitReader(res.Body, answerMax+1))
	switch {
	case err != nil:
		return failed(err)
	case len(data) > answerMax:
		return failed(fmt.Errorf("%s: more than %d bytes", path, answerMax))
	case res.StatusCode != http.StatusOK:
		return failed(fmt.Errorf("%s: %s: %.200s", path, res.Status, data))
	}
	if err := json.Unmarshal(data, into); err != nil {
		return failed(fmt.Errorf("%s: %w", path, err))
	}
	return nil
}

func failed(cause error) error {
	return errs.Wrap(errs.Unavailable, "The translation service did not answer as it should", cause)
}
