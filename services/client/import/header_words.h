// What the names of columns say, in several languages of Europe.
#ifndef COMITY_CLIENT_IMPORT_HEADER_WORDS_H_
#define COMITY_CLIENT_IMPORT_HEADER_WORDS_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "services/client/api/schema.h"

namespace comity::client {

// Words that point at a field.
struct Hint {
  absl::string_view field;
  absl::string_view words;  // without marks, blanks between them
  absl::string_view kinds;  // only there; empty: wherever the field is
  bool alone = false;       // only as the whole name: they say too little beside others
};
// The stronger ones first.
absl::Span<const Hint> Hints();
bool PointsAt(const Hint& hint, const std::string& snake, const Collection& collection);

// How many words of the name tell of the kind itself.
int WordsOfKind(const std::string& snake, const Collection& collection);

// `umsatz_eur` for `Umsatz (EUR)`.
std::string Snake(absl::string_view name);
// Whether it stands in the name as a word, or with an `s` behind it.
bool HasWord(absl::string_view snake, absl::string_view word);
// `EUR` of `Umsatz (EUR)` or `Umsatz in €`; empty: the name tells none.
std::string CurrencyOf(absl::string_view name);

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_HEADER_WORDS_H_
