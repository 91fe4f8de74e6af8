// Numbers as people write them.
#ifndef COMITY_CLIENT_IMPORT_NUMBER_TEXT_H_
#define COMITY_CLIENT_IMPORT_NUMBER_TEXT_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace comity::client {

// `1234.5` for `1.234,5`, `1 234,5` or `1234,5` where `decimal` is `,`; likewise `1,234.5` where it
// is `.`. Thousands are grouped all or not at all, by one sign: a blank (also a narrow or fixed
// one), an apostrophe, or whichever of point and comma is not the decimal sign. None: it is no such
// number.
std::optional<std::string> PlainNumber(absl::string_view text, char decimal);

// An amount, and the currency that stands before or behind it.
struct PricedText {
  absl::string_view number;
  std::string currency;  // its code; empty: none that is known
};
// `1.234,50` and EUR of `1.234,50 €`, `€ 1.234,50` and `EUR 1.234,50`.
PricedText SplitCurrency(absl::string_view text);

// Whether `1.000` or `1,234,567` is a thousand to some and a one to others: groups of three digits
// behind one sign, and nothing else.
bool IsGroupedOrNot(absl::string_view text);

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_NUMBER_TEXT_H_
