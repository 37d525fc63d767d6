// Package ui is the terminal interface of vanthu, on Bubble Tea v2.
//
// # Rules
//
// Each rule has a test that fails when it is broken; the test's name stands behind it.
//
//  1. Update does no I/O: it changes the model and returns commands. Reading the
//     store, a key or the disk happens in a [tea.Cmd]. (TestUpdateDoesNoIO)
//  2. A command changes nothing of the model: it takes values, and gives one message
//     back. (TestScreens under the race detector)
//  3. [Model] is the only tea.Model. Screens are structs with
//     Render(width, height int) string. (TestOneModel)
//  4. One key table, keys.go, feeds dispatch, the footer and the help page.
//     (TestKeyTable)
//  5. What others wrote passes [viet.Clean] before it is drawn. (TestHostileTitles)
//  6. 80×24 without colour is enough: the chosen row always bears ">". A terminal too
//     small is told what is needed. (TestSelectedRowHasMark, TestTooSmall)
//  7. Nothing is written while nothing changes: no ticks; a change arrives as a
//     message. (TestTerminal)
//  8. Every wait says what it waits for and can be left with Esc. (TestWaitCanBeLeft)
//  9. A paste goes into fields only, and never presses a key. The mouse stays the
//     terminal's own. (TestPaste, TestMouseStaysOff)
//  10. What was typed is never lost to an error. (TestFormKeepsWhatWasTyped)
//  11. A PIN is never drawn, logged or kept after use. (TestPINIsNeverDrawn)
//
// # Parts
//
// [Options] names everything the screens need from outside; [Run] runs them. Model
// holds a stack of screens. A screen gets its actions from the key table, its results
// as messages, and asks for work with commands.
//
// The link is known by its [LinkState] only: link.go says what is asked of it,
// weather.go what is said of it, on the status line, in the queue and by verbs.
//
// Start reading at model.go and screen.go, then keys.go, then a small screen: queue.go.
package ui
