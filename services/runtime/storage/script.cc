#include "services/runtime/storage/script.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace comity::storage {
namespace {

// The length of the comment that `rest` begins with; 0 if there is none. What is a comment for some
// databases and a part of the statement for others stays (`/*!` and `/*M!`; it has no semicolon).
size_t CommentLength(absl::string_view rest) {
  if (absl::StartsWith(rest, "/*!") || absl::StartsWith(rest, "/*M!")) return 0;
  if (absl::StartsWith(rest, "/*")) {
    const size_t end = rest.find("*/", 2);
    return end == absl::string_view::npos ? rest.size() : end + 2;
  }
  const bool dashes = absl::StartsWith(rest, "--") && (rest.size() == 2 || rest[2] <= ' ');
  if (!dashes && !absl::StartsWith(rest, "#")) return 0;
  return std::min(rest.find('\n'), rest.size());
}

// The length of the quoted text that `rest` begins with. A doubled quote is two texts in a row.
size_t QuotedLength(absl::string_view rest) {
  const char quote = rest[0];
  size_t at = 1;
  while (at < rest.size() && rest[at] != quote) {
    at += (rest[at] == '\\' && quote != '`') ? 2 : 1;
  }
  return std::min(at + 1, rest.size());
}

void AddStatement(absl::string_view text, std::vector<std::string>* statements) {
  const absl::string_view statement = absl::StripAsciiWhitespace(text);
  if (!statement.empty()) statements->emplace_back(statement);
}

}  // namespace

std::vector<std::string> SplitStatements(absl::string_view sql) {
  std::vector<std::string> statements;
  std::string current;
  while (!sql.empty()) {
    if (const size_t comment = CommentLength(sql); comment > 0) {
      current += ' ';
      sql.remove_prefix(comment);
      continue;
    }
    if (sql[0] == ';') {
      AddStatement(current, &statements);
      current.clear();
      sql.remove_prefix(1);
      continue;
    }
    const bool quoted = sql[0] == '\'' || sql[0] == '"' || sql[0] == '`';
    const size_t length = quoted ? QuotedLength(sql) : 1;
    current.append(sql.data(), length);
    sql.remove_prefix(length);
  }
  AddStatement(current, &statements);
  return statements;
}

}  // namespace comity::storage
