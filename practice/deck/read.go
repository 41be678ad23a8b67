package deck

import "go.yaml.in/yaml/v3"

var _ yaml.Node
