// What the process writes to.
#ifndef COMITY_CLIENT_OUTPUT_TERMINAL_H_
#define COMITY_CLIENT_OUTPUT_TERMINAL_H_

namespace comity::client {

// Cells a line of standard output has: the terminal's, else COLUMNS, else 0 (no limit), so that a
// pipe gets everything.
int TerminalWidth();
// Whether standard error is a terminal: progress is shown by rewriting a line there only.
bool ErrorsAreTerminal();

}  // namespace comity::client

#endif  // COMITY_CLIENT_OUTPUT_TERMINAL_H_
