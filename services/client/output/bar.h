// Bars of block characters.
#ifndef COMITY_CLIENT_OUTPUT_BAR_H_
#define COMITY_CLIENT_OUTPUT_BAR_H_

#include <string>

namespace comity::client {

// `fraction` (clamped to 0 … 1) of `width` cells, to an eighth of a cell; a fraction above 0 shows.
std::string Bar(double fraction, int width);
// A progress line, e.g. `leads  ▕███▌    ▏ 1,200 of 2,000`.
std::string Progress(const std::string& label, double done, double total, int width);

}  // namespace comity::client

#endif  // COMITY_CLIENT_OUTPUT_BAR_H_
