#include "services/client/demo/telling.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "nlohmann/json.hpp"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

constexpr size_t kIdLength = 36;  // of a uuid's text

absl::Status StoryBroken(const std::string& what) {
  return MakeError(absl::StatusCode::kInternal, "STORY_BROKEN", what);
}

bool IsOfName(char c) { return absl::ascii_islower(static_cast<unsigned char>(c)) != 0; }

absl::StatusOr<std::string> FillWord(absl::string_view word, const StoryNames& names) {
  std::string filled;
  while (!word.empty()) {
    const size_t dollar = word.find('$');
    absl::StrAppend(&filled, word.substr(0, dollar));
    if (dollar == absl::string_view::npos) break;
    word.remove_prefix(dollar + 1);
    const auto end = std::find_if_not(word.begin(), word.end(), IsOfName);
    const std::string name(word.begin(), end);
    const auto found = names.find(name);
    if (found == names.end()) return StoryBroken(absl::StrCat("the story does not know $", name));
    absl::StrAppend(&filled, found->second);
    word.remove_prefix(name.size());
  }
  return filled;
}

bool NeedsQuotes(const std::string& word) {
  return word.empty() || !std::all_of(word.begin(), word.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) != 0 ||
                  absl::StrContains("-_./:=@+,", absl::string_view(&c, 1));
         });
}

std::string ShellQuoted(const std::string& word) {
  if (!NeedsQuotes(word)) return word;
  return absl::StrCat("'", absl::StrReplaceAll(word, {{"'", R"('\'')"}}), "'");
}

// The first `collection/uuid`.
std::string FindName(absl::string_view text, const std::string& collection) {
  const std::string prefix = absl::StrCat(collection, "/");
  for (size_t at = text.find(prefix); at != absl::string_view::npos;
       at = text.find(prefix, at + 1)) {
    const absl::string_view id = text.substr(at + prefix.size(), kIdLength);
    const bool is_id =
        id.size() == kIdLength && std::all_of(id.begin(), id.end(), [](char c) {
          return c == '-' || absl::ascii_isxdigit(static_cast<unsigned char>(c)) != 0;
        });
    if (is_id) return absl::StrCat(prefix, id);
  }
  return "";
}

// The number at the end of the first line that holds `words`.
std::string FindNumber(absl::string_view text, const std::string& words) {
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    if (!absl::StrContains(line, words)) continue;
    line = absl::StripTrailingAsciiWhitespace(line);
    const size_t space = line.rfind(' ');
    const absl::string_view last = line.substr(space == absl::string_view::npos ? 0 : space + 1);
    const bool is_number = !last.empty() && std::all_of(last.begin(), last.end(), [](char c) {
      return absl::ascii_isdigit(static_cast<unsigned char>(c)) != 0;
    });
    if (is_number) return std::string(last);
  }
  return "";
}

}  // namespace

absl::StatusOr<std::vector<std::string>> FillNames(const std::vector<std::string>& words,
                                                   const StoryNames& names) {
  std::vector<std::string> filled;
  for (const std::string& word : words) {
    COMITY_ASSIGN_OR_RETURN(filled.emplace_back(), FillWord(word, names));
  }
  return filled;
}

std::string CommandLine(const std::vector<std::string>& words) {
  std::string line = "comity";
  for (const std::string& word : words) absl::StrAppend(&line, " ", ShellQuoted(word));
  return line;
}

std::string Excerpt(const std::string& output, const Shown& shown) {
  std::vector<std::string> lines = absl::StrSplit(absl::StripSuffix(output, "\n"), '\n');
  const size_t first = static_cast<size_t>(shown.first);
  const size_t last = static_cast<size_t>(shown.last);
  if (first + last == 0 || lines.size() <= first + last + 1) return output;
  std::vector<std::string> kept(lines.begin(), lines.begin() + shown.first);
  kept.emplace_back("…");
  kept.insert(kept.end(), lines.end() - shown.last, lines.end());
  return absl::StrCat(absl::StrJoin(kept, "\n"), "\n");
}

absl::Status Learn(const std::string& output, const Learned& what, StoryNames* names) {
  const std::string found =
      what.beside.empty() ? FindName(output, what.collection) : FindNumber(output, what.beside);
  if (found.empty()) return StoryBroken(absl::StrCat("its output does not tell $", what.name));
  (*names)[what.name] = found;
  return absl::OkStatus();
}

std::string ShowStep(const TakenStep& step) {
  const std::string output = Excerpt(step.output, step.shown);
  return absl::StrCat("\n", step.told.empty() ? "" : absl::StrCat(step.told, "\n"), "$ ",
                      CommandLine(step.words), "\n", output,
                      output.empty() || absl::EndsWith(output, "\n") ? "" : "\n");
}

std::string StepJson(const TakenStep& step, const StoryNames& names) {
  const nlohmann::ordered_json line = {{"step", step.number},
                                       {"id", step.id},
                                       {"act", step.act},
                                       {"told", step.told},
                                       {"command", CommandLine(step.words)},
                                       {"output", step.output},
                                       {"names", names}};
  return absl::StrCat(line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace),
                      "\n");
}

}  // namespace comity::client
