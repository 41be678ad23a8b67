package web

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/guildhall/guildhall/internal/days"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/moderation"
	"github.com/guildhall/guildhall/posts"
)

// overviewRoutes are the pages of figures and trends.
func overviewRoutes() []route {
	return []route{
		{"GET " + staffPath, (*call).overview, forFigures},
		{"GET " + trendsPath, (*call).trends, forTrends},
		{"POST " + trendsPath + "/{kind}/{id}/{deed}", (*call).reviewTrend, forTrends},
	}
}

// chartDays is how many days the charts show.
const chartDays = 30

// chart is a figure by the day.
type chart struct {
	Name   string
	Total  int
	Before int // the total of as many days before
	Bars   []bar
	Most   int // of one day
}

// bar is one day of a chart, in the chart's own units.
type bar struct {
	X, Y, Height string
	Day          time.Time
	N            int
}

// The size of a chart in its own units.
const (
	chartWidth  = chartDays * barStep
	chartHeight = 60
	barStep     = 10
	barGap      = 2 // between two bars, of a step
)

// draw makes a chart of a figure.
func draw(name string, span days.Span, daily days.Counts, total, before int) chart {
	c := chart{Name: name, Total: total, Before: before}
	for _, n := range daily {
		c.Most = max(c.Most, n)
	}
	for day := span.First; day <= span.Last; day++ {
		n := daily[day]
		height := 0
		if n > 0 {
			height = max(2, chartHeight*n/c.Most)
		}
		c.Bars = append(c.Bars, bar{Day: day.Start(), N: n, X: strconv.Itoa(int(day-span.First) * barStep), Y: strconv.Itoa(chartHeight - height), Height: strconv.Itoa(height)})
	}
	return c
}

// overviewData is what the overview shows.
type overviewData struct {
	Members, Active, Posts int
	Open, Waiting          int // reports and people, up to deskPage
	Charts                 []chart
}

func (c *call) overview() error {
	ctx := c.r.Context()
	var d overviewData
	var err error
	if d.Members, d.Active, _, err = c.Identity.CountActive(ctx); err != nil {
		return err
	}
	if d.Posts, err = c.Posts.Counts(ctx); err != nil {
		return err
	}
	open, err := c.Moderation.Reports(ctx, moderation.ReportFilter{}, c.deskLines())
	if err != nil {
		return err
	}
	waiting, err := c.Moderation.Members(ctx, moderation.MemberFilter{Status: "pending"}, c.deskLines())
	if err != nil {
		return err
	}
	d.Open, d.Waiting = len(open), len(waiting)
	today := days.Of(c.Now())
	if d.Charts, err = c.charts(ctx, days.Span{First: today - chartDays + 1, Last: today}); err != nil {
		return err
	}
	return c.show(http.StatusOK, overviewPage(c.private(c.words().Text("Overview")), d))
}

// charts draws the figures of a span.
func (c *call) charts(ctx context.Context, span days.Span) ([]chart, error) {
	active, people, err := c.Identity.Active(ctx, span)
	if err != nil {
		return nil, err
	}
	_, peopleBefore, err := c.Identity.Active(ctx, span.Before())
	if err != nil {
		return nil, err
	}
	list := []chart{draw("Active members", span, active, people, peopleBefore)}
	for _, f := range []struct {
		name   string
		counts func(context.Context, days.Span) (days.Counts, error)
	}{
		{"New members", c.Identity.Joined}, {"Posts", c.postsDaily}, {"Interactions", c.interactionsDaily}, {"New reports", c.Moderation.Opened},
	} {
		daily, err := f.counts(ctx, span)
		if err != nil {
			return nil, err
		}
		before, err := f.counts(ctx, span.Before())
		if err != nil {
			return nil, err
		}
		list = append(list, draw(f.name, span, daily, daily.Sum(span), before.Sum(span.Before())))
	}
	return list, nil
}

func (c *call) postsDaily(ctx context.Context, span days.Span) (days.Counts, error) {
	return c.daily(ctx, span, func(d posts.Day) int { return d.Posts })
}

// interactionsDaily counts answers to others, boosts and favourites.
func (c *call) interactionsDaily(ctx context.Context, span days.Span) (days.Counts, error) {
	return c.daily(ctx, span, func(d posts.Day) int { return d.Replies + d.Boosts + d.Favourites })
}

func (c *call) daily(ctx context.Context, span days.Span, of func(posts.Day) int) (days.Counts, error) {
	happened, err := c.Posts.Days(ctx, span)
	counts := days.Counts{}
	for day, d := range happened {
		counts[day] = of(d)
	}
	return counts, err
}

// trendKinds are what trends, by the part of the form's address, and its name in
// the log.
var trendKinds = map[string]struct {
	kind posts.TrendKind
	name string
}{
	"tags": {posts.TrendTag, "trending_tag"}, "posts": {posts.TrendPost, "trending_status"}, "links": {posts.TrendLink, "trending_link"},
	"sites": {posts.TrendSite, "link_publisher"},
}

// trendsShown is how many trends of a kind the page shows.
const trendsShown = 20

// trendsData is what the page of trends shows.
type trendsData struct {
	Tags  []posts.RuledTag
	Posts []trendingPost
	Links []posts.TrendingLink
	Sites []posts.Site // that links lead to
}

// trendingPost is a post, and what was decided about it.
type trendingPost struct {
	card
	Review posts.Review
}

func (c *call) trends() error {
	ctx := c.r.Context()
	var d trendsData
	tags, _, err := c.trending(posts.TrendTag)
	if err != nil {
		return err
	}
	if d.Tags, err = c.Posts.RuledTags(ctx, c.user.ID, tags); err != nil {
		return err
	}
	talked, reviews, err := c.trending(posts.TrendPost)
	if err != nil {
		return err
	}
	views, err := c.Posts.GetMany(ctx, c.user.ID, talked)
	if err != nil {
		return err
	}
	cards, err := c.cards(views)
	if err != nil {
		return err
	}
	for _, card := range cards {
		d.Posts = append(d.Posts, trendingPost{card, reviews[card.Post.ID]})
	}
	if d.Links, err = c.Posts.TrendingLinks(ctx, true, trendsShown, 0); err != nil {
		return err
	}
	if d.Sites, err = c.Posts.Sites(ctx, page.Page{Limit: trendsShown}); err != nil {
		return err
	}
	return c.show(http.StatusOK, trendsPage(c.private(c.words().Text("Trends")), d))
}

// trending returns what trends, and what was decided about it.
func (c *call) trending(kind posts.TrendKind) ([]ids.ID, map[ids.ID]posts.Review, error) {
	all, err := c.Posts.Trends(c.r.Context(), kind, true)
	all = all[:min(len(all), trendsShown)]
	list, reviews := make([]ids.ID, len(all)), map[ids.ID]posts.Review{}
	for i, x := range all {
		list[i], reviews[x.ID] = x.ID, x.Review
	}
	return list, reviews, err
}

// reviewTrend decides whether something may trend.
func (c *call) reviewTrend() error {
	kind, ok := trendKinds[c.r.PathValue("kind")]
	deed := c.r.PathValue("deed")
	if !ok || deed != "approve" && deed != "reject" {
		return errNoPage()
	}
	id, err := c.pathID()
	if err != nil {
		return err
	}
	name, about, err := c.Posts.TrendName(c.r.Context(), kind.kind, id)
	if err != nil {
		return err
	}
	e := moderation.Entry{Action: deed, Kind: kind.name, TargetID: id, Target: name, Details: about}
	if err := c.Moderation.Record(c.r.Context(), c.actor(), e); err != nil {
		return err
	}
	if err := c.Posts.ReviewTrend(c.r.Context(), kind.kind, id, deed == "approve"); err != nil {
		return err
	}
	return c.goTo(trendsPath)
}

// reviewWord says what was decided.
func reviewWord(r posts.Review) string {
	switch r {
	case posts.Allowed:
		return "allowed"
	case posts.Rejected:
		return "rejected"
	}
	return "waits for a review"
}
