package e2e_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
)

// told is what the API says of a post.
type told struct {
	ID        int64   `json:"id,string"`
	CreatedAt string  `json:"created_at"`
	ReplyTo   *string `json:"in_reply_to_id"`
	Replies   int     `json:"replies_count"`
	Boosts    int     `json:"reblogs_count"`
	Likes     int     `json:"favourites_count"`
	Reblog    *struct{}
}

// mixedWrites is LO-13: two members do everything at once, 200 requests at a
// time; then every counter is what its list has.
func mixedWrites(l *lab) error {
	both := []visitor{l.ben, l.cleo}
	before := []int{}
	for _, v := range both {
		n, err := v.uncounted()
		if err != nil {
			return err
		}
		before = append(before, n)
	}
	var mu sync.Mutex
	var made []string
	var failed error
	turnedAway := 0 // which costs the server nothing
	together(200, func(i int) {
		random := rand.New(rand.NewPCG(13, uint64(i)))
		for range 5 {
			me := random.IntN(2)
			mu.Lock()
			id := ""
			if len(made) > 0 {
				id = made[random.IntN(len(made))]
			}
			mu.Unlock()
			r := both[me].anything(random.IntN(9), id, both[1-me].id)
			mu.Lock()
			switch busy := r.status == 503 && r.header.Get("Retry-After") != ""; {
			case busy:
				turnedAway++
			case r.clear() != nil:
				failed = r.clear()
			case r.call == "POST /api/v1/statuses" && r.status == 200:
				made = append(made, r.text("id"))
			}
			mu.Unlock()
		}
	})
	if failed != nil {
		return failed
	}
	if turnedAway > 700 {
		return fmt.Errorf("%d of 1000 turned away", turnedAway)
	}
	var wrong error
	err := soonTrue("counters like their lists", func() bool {
		wrong = recount(both, before)
		return wrong == nil
	})
	if err != nil {
		return wrong
	}
	for _, v := range both {
		v.do("POST", "/api/v1/accounts/"+both[0].id+"/unfollow", "")
		v.do("POST", "/api/v1/accounts/"+both[1].id+"/unfollow", "")
	}
	return nil
}

// anything does one of nine things, with a post or an account.
func (v visitor) anything(what int, post, account string) reply {
	status, other := "/api/v1/statuses/"+post, "/api/v1/accounts/"+account
	switch {
	case post == "" || what < 2:
		return v.post("/api/v1/statuses", "status="+canary())
	case what == 2:
		return v.post("/api/v1/statuses", "status="+canary()+"&in_reply_to_id="+post)
	case what == 3:
		return v.post(status+"/favourite", "")
	case what == 4:
		return v.post(status+"/unfavourite", "")
	case what == 5:
		return v.post(status+"/reblog", "")
	case what == 6:
		return v.post(other+"/follow", "")
	case what == 7:
		return v.post(other+"/unfollow", "")
	}
	return v.do("DELETE", status, "")
}

// posts returns all of a member's, the newest first.
func (v visitor) posts() ([]told, error) {
	var all []told
	for max := ""; ; {
		r := v.get("/api/v1/accounts/" + v.id + "/statuses?limit=40" + max)
		var part []told
		if err := json.Unmarshal([]byte(r.body), &part); err != nil {
			return nil, fmt.Errorf("%s: %w", r.call, err)
		}
		if len(part) == 0 {
			return all, nil
		}
		all = append(all, part...)
		max = fmt.Sprint("&max_id=", part[len(part)-1].ID)
	}
}

// uncounted is how many more posts are counted than listed.
func (v visitor) uncounted() (int, error) {
	all, err := v.posts()
	n, ok := v.get("/api/v1/accounts/" + v.id).value("statuses_count").(float64)
	if err == nil && !ok {
		err = fmt.Errorf("%s has no count", v.name)
	}
	return int(n) - len(all), err
}

// recount returns what is counted wrong.
func recount(both []visitor, before []int) error {
	replies := map[string]int{}
	var all []told
	for i, v := range both {
		list, err := v.posts()
		if err != nil {
			return err
		}
		for i := 1; i < len(list); i++ {
			if list[i].ID >= list[i-1].ID || list[i].CreatedAt > list[i-1].CreatedAt {
				return fmt.Errorf("%+v after %+v", list[i], list[i-1])
			}
		}
		all = append(all, list...)
		if n, err := v.uncounted(); err != nil || n != before[i] {
			return fmt.Errorf("%s: %d more posts counted than listed, and %d before; %v", v.name, n, before[i], err)
		}
		account := v.get("/api/v1/accounts/" + v.id)
		for _, name := range []string{"followers", "following"} {
			if n := v.get("/api/v1/accounts/" + v.id + "/" + name + "?limit=80").list(); account.text(name+"_count") != fmt.Sprint(n) {
				return fmt.Errorf("%s: %s %s, %d in the list", v.name, account.text(name+"_count"), name, n)
			}
		}
	}
	for _, p := range all {
		if p.ReplyTo != nil {
			replies[*p.ReplyTo]++
		}
	}
	v := both[0]
	for _, p := range all {
		path := fmt.Sprint("/api/v1/statuses/", p.ID)
		if p.Reblog != nil {
			continue
		}
		likes, boosts := v.get(path+"/favourited_by").list(), v.get(path+"/reblogged_by").list()
		if p.Likes != likes || p.Boosts != boosts || p.Replies != replies[fmt.Sprint(p.ID)] {
			return fmt.Errorf("%+v, and lists have %d, %d and %d", p, likes, boosts, replies[fmt.Sprint(p.ID)])
		}
	}
	return nil
}
