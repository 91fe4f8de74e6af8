#include "services/runtime/resource/filter.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::resource {
namespace {

constexpr size_t kMaxAlternatives = 20;
constexpr int kMaxDepth = 8;

using Alternatives = std::vector<Conjunction>;

absl::Status RefuseFilter(absl::string_view reason, absl::string_view description) {
  return InvalidField(reason, "filter", description);
}

// One piece of a filter.
struct Token {
  enum Kind { kEnd, kWord, kQuoted, kSymbol } kind = kEnd;
  std::string text;  // unescaped
  size_t at = 0;     // byte in the filter, from 1 for people
};

bool IsWordChar(char c) {
  return absl::ascii_isalnum(c) || c == '_' || c == '.' || c == '/' || c == '@' || c == '+' ||
         c == '-' || static_cast<unsigned char>(c) >= 0x80;
}

class Lexer {
 public:
  explicit Lexer(absl::string_view text) : text_(text) {}

  absl::StatusOr<Token> Next() {
    while (at_ < text_.size() && absl::ascii_isspace(text_[at_])) ++at_;
    if (at_ == text_.size()) return Token{Token::kEnd, "", at_ + 1};
    const char c = text_[at_];
    if (c == '"' || c == '\'') return Quoted(c);
    if (c == '-') return Symbol();  // a word may have it inside, not in front
    if (IsWordChar(c)) return Word();
    return Symbol();
  }

 private:
  Token Word() {
    const size_t start = at_;
    // `:` within a word belongs to it (a time), before or after a space it is an operator.
    while (at_ < text_.size() &&
           (IsWordChar(text_[at_]) ||
            (text_[at_] == ':' && at_ + 1 < text_.size() && absl::ascii_isdigit(text_[at_ + 1]) &&
             absl::ascii_isdigit(text_[at_ - 1])))) {
      ++at_;
    }
    return Token{Token::kWord, std::string(text_.substr(start, at_ - start)), start + 1};
  }

  absl::StatusOr<Token> Quoted(char quote) {
    const size_t start = at_++;
    std::string value;
    while (at_ < text_.size() && text_[at_] != quote) {
      if (text_[at_] == '\\' && ++at_ == text_.size()) break;
      value.push_back(text_[at_++]);
    }
    if (at_ >= text_.size()) {
      return RefuseFilter("FILTER_INVALID",
                          absl::StrCat("the quote at ", start + 1, " does not end"));
    }
    ++at_;
    return Token{Token::kQuoted, std::move(value), start + 1};
  }

  Token Symbol() {
    const size_t start = at_++;
    const char c = text_[start];
    if ((c == '!' || c == '<' || c == '>') && at_ < text_.size() && text_[at_] == '=') ++at_;
    return Token{Token::kSymbol, std::string(text_.substr(start, at_ - start)), start + 1};
  }

  absl::string_view text_;
  size_t at_ = 0;
};

// Both hold; nothing where they contradict each other.
void Both(const Conjunction& a, const Conjunction& b, Alternatives* out) {
  Conjunction both = a;
  for (const Restriction& restriction : b) {
    const auto same = std::find_if(both.begin(), both.end(), [&](const Restriction& other) {
      return other.field == restriction.field;
    });
    if (same == both.end()) {
      both.push_back(restriction);
    } else if (same->value != restriction.value) {
      return;
    }
  }
  out->push_back(std::move(both));
}

absl::Status CheckSize(size_t alternatives) {
  if (alternatives <= kMaxAlternatives) return absl::OkStatus();
  return RefuseFilter("FILTER_TOO_COMPLEX",
                      absl::StrCat("it comes to more than ", kMaxAlternatives, " alternatives"));
}

absl::StatusOr<Alternatives> Product(const Alternatives& a, const Alternatives& b) {
  COMITY_RETURN_IF_ERROR(CheckSize(a.size() * b.size()));
  Alternatives product;
  for (const Conjunction& left : a) {
    for (const Conjunction& right : b) Both(left, right, &product);
  }
  return product;
}

absl::StatusOr<Alternatives> Union(Alternatives a, const Alternatives& b) {
  for (const Conjunction& conjunction : b) {
    if (std::find(a.begin(), a.end(), conjunction) == a.end()) a.push_back(conjunction);
  }
  COMITY_RETURN_IF_ERROR(CheckSize(a.size()));
  return a;
}

class Parser {
 public:
  Parser(absl::string_view text, const std::vector<std::string>& declared)
      : lexer_(text), declared_(declared) {}

  absl::StatusOr<Alternatives> Parse() {
    COMITY_RETURN_IF_ERROR(Advance());
    if (token_.kind == Token::kEnd) return Alternatives(1);
    COMITY_ASSIGN_OR_RETURN(Alternatives result, Expression());
    if (token_.kind != Token::kEnd) return Unexpected("AND, OR or the end");
    return result;
  }

 private:
  absl::Status Advance() {
    COMITY_ASSIGN_OR_RETURN(token_, lexer_.Next());
    return absl::OkStatus();
  }

  bool Is(Token::Kind kind, absl::string_view text) const {
    return token_.kind == kind && token_.text == text;
  }

  absl::Status Unexpected(absl::string_view wanted) const {
    return RefuseFilter("FILTER_INVALID",
                        absl::StrCat("at ", token_.at, ": ", wanted, " is expected",
                                     token_.kind == Token::kEnd ? "" : ", not ", token_.text));
  }

  absl::StatusOr<Alternatives> Expression() {
    COMITY_ASSIGN_OR_RETURN(Alternatives result, Factor());
    while (Is(Token::kWord, "AND")) {
      COMITY_RETURN_IF_ERROR(Advance());
      COMITY_ASSIGN_OR_RETURN(const Alternatives next, Factor());
      COMITY_ASSIGN_OR_RETURN(result, Product(result, next));
    }
    return result;
  }

  absl::StatusOr<Alternatives> Factor() {
    COMITY_ASSIGN_OR_RETURN(Alternatives result, Term());
    while (Is(Token::kWord, "OR")) {
      COMITY_RETURN_IF_ERROR(Advance());
      COMITY_ASSIGN_OR_RETURN(const Alternatives next, Term());
      COMITY_ASSIGN_OR_RETURN(result, Union(std::move(result), next));
    }
    return result;
  }

  absl::StatusOr<Alternatives> Term() {
    if (Is(Token::kWord, "NOT") || Is(Token::kSymbol, "-")) return NotSupported();
    if (!Is(Token::kSymbol, "(")) return Equality();
    if (++depth_ > kMaxDepth) {
      return RefuseFilter("FILTER_TOO_COMPLEX",
                          absl::StrCat("it is nested deeper than ", kMaxDepth));
    }
    COMITY_RETURN_IF_ERROR(Advance());
    COMITY_ASSIGN_OR_RETURN(Alternatives inner, Expression());
    if (!Is(Token::kSymbol, ")")) return Unexpected(")");
    --depth_;
    COMITY_RETURN_IF_ERROR(Advance());
    return inner;
  }

  absl::StatusOr<Alternatives> Equality() {
    if (token_.kind != Token::kWord) return Unexpected("a field");
    Restriction restriction{token_.text, ""};
    if (std::find(declared_.begin(), declared_.end(), token_.text) == declared_.end()) {
      return RefuseFilter(
          "FILTER_FIELD_NOT_SUPPORTED",
          absl::StrCat(token_.text, " is none of ", absl::StrJoin(declared_, ", ")));
    }
    COMITY_RETURN_IF_ERROR(Advance());
    if (token_.kind == Token::kSymbol && token_.text != "=" && token_.text != "(" &&
        token_.text != ")") {
      return NotSupported();
    }
    if (!Is(Token::kSymbol, "=")) return Unexpected("=");
    COMITY_RETURN_IF_ERROR(Advance());
    if (token_.kind != Token::kWord && token_.kind != Token::kQuoted) return Unexpected("a value");
    restriction.value = token_.text;
    COMITY_RETURN_IF_ERROR(Advance());
    return Alternatives{{std::move(restriction)}};
  }

  absl::Status NotSupported() const {
    return RefuseFilter(
        "FILTER_OPERATOR_NOT_SUPPORTED",
        absl::StrCat(token_.text, " is not supported: use = with AND, OR and brackets"));
  }

  Lexer lexer_;
  const std::vector<std::string>& declared_;
  Token token_;
  int depth_ = 0;
};

}  // namespace

absl::StatusOr<std::vector<Conjunction>> ParseFilter(absl::string_view text,
                                                     const std::vector<std::string>& declared) {
  return Parser(text, declared).Parse();
}

absl::StatusOr<OrderBy> ParseOrderBy(absl::string_view text,
                                     const std::vector<std::string>& declared) {
  const std::vector<std::string> words =
      absl::StrSplit(text, absl::ByAnyChar(" \t\n"), absl::SkipEmpty());
  if (words.empty()) return OrderBy{declared.front(), false};
  const bool known = std::find(declared.begin(), declared.end(), words[0]) != declared.end();
  const bool direction =
      words.size() == 1 || (words.size() == 2 && (words[1] == "asc" || words[1] == "desc"));
  if (!known || !direction) {
    return InvalidField(
        "ORDER_NOT_SUPPORTED", "order_by",
        absl::StrCat("is one of ", absl::StrJoin(declared, ", "), ", with asc or desc behind it"));
  }
  return OrderBy{words[0], words.size() == 2 && words[1] == "desc"};
}

}  // namespace comity::resource
