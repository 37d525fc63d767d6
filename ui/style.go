package ui

import "charm.land/lipgloss/v2"

// Styles are few, so that a screen says the same without them: bold heads, reverse
// for the chosen row beside its ">", colour only to repeat what a word says.
var (
	plainStyle  = lipgloss.NewStyle()
	headStyle   = lipgloss.NewStyle().Bold(true)
	tabStyle    = lipgloss.NewStyle().Reverse(true)
	chosenStyle = lipgloss.NewStyle().Reverse(true)
	faintStyle  = lipgloss.NewStyle().Faint(true)
	urgentStyle = lipgloss.NewStyle().Bold(true).Foreground(lipgloss.Red)
	goodStyle   = lipgloss.NewStyle().Foreground(lipgloss.Green)
	wrongStyle  = lipgloss.NewStyle().Bold(true).Foreground(lipgloss.Red)
	keyStyle    = lipgloss.NewStyle().Bold(true)
)
