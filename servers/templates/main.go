// Renders templates of messages as Grafana's Alertmanager does: with the template package of Prometheus's Alertmanager,
// on data of the shape that Grafana gives it. Reads one request as JSON, writes what came of it.
//
// {"templates": "{{ define … }}", "render": "{{ template \"name\" . }}", "data": {…}} renders a message;
// {"annotation": "{{ $labels.x }}", "labels": {…}, "values": {"A": 0.1}} an annotation of a rule.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/template"
	"time"

	alertmanager "github.com/prometheus/alertmanager/template"
	"github.com/prometheus/common/helpers/templates"
)

type alert struct {
	Status       string             `json:"status"`
	Labels       alertmanager.KV    `json:"labels"`
	Annotations  alertmanager.KV    `json:"annotations"`
	StartsAt     time.Time          `json:"startsAt"`
	EndsAt       time.Time          `json:"endsAt"`
	GeneratorURL string             `json:"generatorURL"`
	Fingerprint  string             `json:"fingerprint"`
	SilenceURL   string             `json:"silenceURL"`
	DashboardURL string             `json:"dashboardURL"`
	PanelURL     string             `json:"panelURL"`
	Values       map[string]float64 `json:"values"`
	ValueString  string             `json:"valueString"`
}

type alerts []alert

func (as alerts) with(status string) []alert {
	found := []alert{}
	for _, each := range as {
		if each.Status == status {
			found = append(found, each)
		}
	}
	return found
}

func (as alerts) Firing() []alert   { return as.with("firing") }
func (as alerts) Resolved() []alert { return as.with("resolved") }

type data struct {
	Receiver          string          `json:"receiver"`
	Status            string          `json:"status"`
	Alerts            alerts          `json:"alerts"`
	GroupLabels       alertmanager.KV `json:"groupLabels"`
	CommonLabels      alertmanager.KV `json:"commonLabels"`
	CommonAnnotations alertmanager.KV `json:"commonAnnotations"`
	ExternalURL       string          `json:"externalURL"`
}

type value struct{ Value float64 }

type request struct {
	Templates  string             `json:"templates"`
	Render     string             `json:"render"`
	Data       data               `json:"data"`
	Annotation string             `json:"annotation"`
	Labels     map[string]string  `json:"labels"`
	Values     map[string]float64 `json:"values"`
}

func main() {
	var asked request
	body, err := io.ReadAll(os.Stdin)
	if err == nil {
		err = json.Unmarshal(body, &asked)
	}
	written := ""
	if err == nil && asked.Annotation != "" {
		written, err = annotation(asked)
	} else if err == nil {
		written, err = message(asked)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Print(written)
}

func message(asked request) (string, error) {
	found, err := alertmanager.New()
	if err != nil {
		return "", err
	}
	if err := found.Parse(strings.NewReader(asked.Templates)); err != nil {
		return "", err
	}
	return found.ExecuteTextString(asked.Render, asked.Data)
}

// The functions are those of Prometheus's rules, of which Grafana has the same, as far as the rules use them.
func annotation(asked request) (string, error) {
	functions := template.FuncMap{
		"externalURL":        func() string { return "http://localhost:3000/" },
		"humanizeDuration":   templates.HumanizeDuration,
		"humanizePercentage": func(v float64) string { return fmt.Sprintf("%.4g%%", v*100) },
		"humanize":           func(v float64) string { return scaled(v, 1000, []string{"", "k", "M", "G", "T"}) },
		"humanize1024":       func(v float64) string { return scaled(v, 1024, []string{"", "ki", "Mi", "Gi", "Ti"}) },
	}
	values := map[string]value{}
	for name, number := range asked.Values {
		values[name] = value{number}
	}
	text := "{{ $labels := .labels }}{{ $values := .values }}" + asked.Annotation
	parsed, err := template.New("annotation").Funcs(functions).Option("missingkey=invalid").Parse(text)
	if err != nil {
		return "", err
	}
	var written strings.Builder
	err = parsed.Execute(&written, map[string]any{"labels": asked.Labels, "values": values})
	return written.String(), err
}

func scaled(v, step float64, prefixes []string) string {
	for _, prefix := range prefixes[:len(prefixes)-1] {
		if v < step && v > -step {
			return fmt.Sprintf("%.4g%s", v, prefix)
		}
		v /= step
	}
	return fmt.Sprintf("%.4g%s", v, prefixes[len(prefixes)-1])
}
