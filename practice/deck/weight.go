package deck

import "strings"

// Weight returns how likely a card of a topic is drawn.
func (m RoleMap) Weight(topic string) float64 {
	for {
		if w, ok := m.Weights[topic]; ok {
			return w
		}
		i := strings.LastIndexByte(topic, '/')
		if i < 0 {
			return 1
		}
		topic = topic[:i]
	}
}
