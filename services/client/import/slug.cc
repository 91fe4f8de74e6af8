#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "services/client/import/plan.h"

namespace comity::client {

std::string WithoutMarks(absl::string_view text) {
  static const auto* plain = new std::vector<std::pair<absl::string_view, absl::string_view>>{
      {"ä", "ae"}, {"ö", "oe"}, {"ü", "ue"}, {"Ä", "ae"}, {"Ö", "oe"}, {"Ü", "ue"}, {"ß", "ss"},
      {"à", "a"},  {"á", "a"},  {"â", "a"},  {"ã", "a"},  {"å", "a"},  {"ą", "a"},  {"æ", "ae"},
      {"ç", "c"},  {"ć", "c"},  {"č", "c"},  {"ď", "d"},  {"đ", "d"},  {"è", "e"},  {"é", "e"},
      {"ê", "e"},  {"ë", "e"},  {"ę", "e"},  {"ě", "e"},  {"ì", "i"},  {"í", "i"},  {"î", "i"},
      {"ï", "i"},  {"ł", "l"},  {"ñ", "n"},  {"ń", "n"},  {"ň", "n"},  {"ò", "o"},  {"ó", "o"},
      {"ô", "o"},  {"õ", "o"},  {"ø", "o"},  {"ő", "o"},  {"ř", "r"},  {"ś", "s"},  {"š", "s"},
      {"ť", "t"},  {"ù", "u"},  {"ú", "u"},  {"û", "u"},  {"ů", "u"},  {"ű", "u"},  {"ý", "y"},
      {"ź", "z"},  {"ž", "z"},  {"ż", "z"},  {"À", "a"},  {"Á", "a"},  {"Â", "a"},  {"Å", "a"},
      {"Æ", "ae"}, {"Ç", "c"},  {"Č", "c"},  {"È", "e"},  {"É", "e"},  {"Ê", "e"},  {"Í", "i"},
      {"Î", "i"},  {"Ł", "l"},  {"Ñ", "n"},  {"Ó", "o"},  {"Ø", "o"},  {"Ś", "s"},  {"Š", "s"},
      {"Ú", "u"},  {"Ý", "y"},  {"Ž", "z"},  {"Ż", "z"},  {"'", ""},   {"’", ""}};
  return absl::StrReplaceAll(text, *plain);
}

std::string Slug(absl::string_view text) {
  std::string slug;
  for (const char c : WithoutMarks(text)) {
    if (absl::ascii_isalnum(c)) {
      slug.push_back(absl::ascii_tolower(c));
    } else if (!slug.empty() && slug.back() != '-') {
      slug.push_back('-');
    }
  }
  slug.resize(std::min<size_t>(slug.size(), 63));
  while (!slug.empty() && slug.back() == '-') slug.pop_back();
  return slug;
}

}  // namespace comity::client
