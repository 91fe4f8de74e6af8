#include "services/client/import/json_lines_reader.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "nlohmann/json.hpp"
#include "services/client/import/csv_reader.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

constexpr size_t kBufferBytes = 64 * 1024;
constexpr size_t kMostColumns = 2'000;

// Flattens one object: numbers stay as they are written, lists become JSON text.
class Flattener final : public nlohmann::json_sax<nlohmann::json> {
 public:
  using Values = std::vector<std::pair<std::string, std::string>>;
  bool null() override { return Scalar("null", ""); }
  bool boolean(bool value) override {
    return Scalar(value ? "true" : "false", value ? "true" : "false");
  }
  bool number_integer(number_integer_t value) override { return Number(absl::StrCat(value)); }
  bool number_unsigned(number_unsigned_t value) override { return Number(absl::StrCat(value)); }
  bool number_float(number_float_t, const string_t& text) override { return Number(text); }
  bool string(string_t& value) override { return Scalar(nlohmann::json(value).dump(), value); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override {
    if (lists_ > 0) return Open("{");
    if (depth_++ == 0) return true;
    prefixes_.push_back(key_);
    return true;
  }
  bool key(string_t& name) override {
    if (lists_ > 0) {
      Separate();
      absl::StrAppend(&list_, nlohmann::json(name).dump(), ":");
      after_key_ = true;
      return true;
    }
    key_ = prefixes_.empty() ? name : absl::StrCat(prefixes_.back(), ".", name);
    return true;
  }
  bool end_object() override {
    if (lists_ > 0) return Close("}");
    if (--depth_ > 0) prefixes_.pop_back();
    return true;
  }
  bool start_array(std::size_t) override { return depth_ > 0 && Open("["); }
  bool end_array() override { return Close("]"); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }
  const Values& values() const { return values_; }

 private:
  bool Number(const std::string& text) { return Scalar(text, text); }
  bool Scalar(absl::string_view json, const std::string& text) {
    if (lists_ > 0) {
      Separate();
      absl::StrAppend(&list_, json);
      return true;
    }
    values_.emplace_back(key_, text);
    return depth_ > 0;
  }
  void Separate() {
    if (!after_key_ && !list_.empty() && list_.back() != '[' && list_.back() != '{') list_ += ",";
    after_key_ = false;
  }
  bool Open(absl::string_view bracket) {
    Separate();
    absl::StrAppend(&list_, bracket);
    ++lists_;
    return true;
  }
  bool Close(absl::string_view bracket) {
    absl::StrAppend(&list_, bracket);
    if (--lists_ > 0) return true;
    values_.emplace_back(key_, std::move(list_));
    list_.clear();
    return true;
  }

  Values values_;
  std::vector<std::string> prefixes_;
  std::string key_;
  std::string list_;  // the JSON text of the list that is open
  int depth_ = 0;
  int lists_ = 0;
  bool after_key_ = false;
};

// Why `line` cannot be taken, a reason; empty: it can.
std::string Flatten(const std::string& line, Flattener* flattener) {
  if (!nlohmann::json::accept(line)) return "JSON_INVALID";
  if (!nlohmann::json::sax_parse(line, flattener)) return "JSON_INVALID";
  return "";
}

}  // namespace

JsonLinesReader::JsonLinesReader(std::unique_ptr<ByteSource> input,
                                 std::vector<std::string> columns)
    : input_(std::move(input)), columns_(std::move(columns)) {
  for (size_t i = 0; i < columns_.size(); ++i) places_[columns_[i]] = i;
}

absl::StatusOr<std::vector<std::string>> JsonLinesReader::ReadColumns(
    std::unique_ptr<ByteSource> input) {
  JsonLinesReader reader(std::move(input), {});
  std::vector<std::string> columns;
  std::string line;
  while (true) {
    COMITY_ASSIGN_OR_RETURN(const bool more, reader.NextLine(&line));
    if (!more) break;
    Flattener flattener;
    if (!Flatten(line, &flattener).empty()) continue;
    for (const auto& [key, value] : flattener.values()) {
      if (reader.places_.emplace(key, columns.size()).second) columns.push_back(key);
    }
    if (columns.size() > kMostColumns) {
      return InvalidField("TOO_MANY_COLUMNS", absl::StrCat("line ", reader.line_),
                          "the objects have more than 2,000 different keys");
    }
  }
  if (columns.empty()) return InvalidField("CSV_INVALID", "file", "no line holds an object");
  return columns;
}

absl::StatusOr<bool> JsonLinesReader::NextLine(std::string* line) {
  while (true) {
    const size_t end = buffer_.find('\n', begin_);
    if (end != std::string::npos || (ended_ && begin_ < buffer_.size())) {
      *line = buffer_.substr(begin_, end == std::string::npos ? end : end - begin_);
      begin_ = end == std::string::npos ? buffer_.size() : end + 1;
      ++line_;
      if (absl::StripAsciiWhitespace(*line).empty()) continue;
      return true;
    }
    if (ended_) return false;
    buffer_.erase(0, begin_);
    begin_ = 0;
    if (buffer_.size() > kMostRowBytes) {
      return InvalidField("ROW_TOO_LONG", absl::StrCat("line ", line_ + 1), "more than 1 MiB");
    }
    const size_t before = buffer_.size();
    buffer_.resize(before + kBufferBytes);
    COMITY_ASSIGN_OR_RETURN(const size_t count, input_->Read(&buffer_[before], kBufferBytes));
    buffer_.resize(before + count);
    ended_ = count == 0;
    if (line_ == 0 && before == 0 && buffer_.compare(0, 3, "\xEF\xBB\xBF") == 0) begin_ = 3;
  }
}

absl::StatusOr<bool> JsonLinesReader::Next(Row* row) {
  std::string line;
  COMITY_ASSIGN_OR_RETURN(const bool more, NextLine(&line));
  if (!more) return false;
  Flattener flattener;
  *row = Row{line_, {}, Flatten(line, &flattener)};
  if (!row->broken.empty()) return true;
  row->cells.resize(columns_.size());
  std::vector<bool> seen(columns_.size());
  for (const auto& [key, value] : flattener.values()) {
    const auto place = places_.find(key);
    if (place == places_.end()) continue;
    if (seen[place->second]) row->broken = "KEY_TWICE";
    seen[place->second] = true;
    row->cells[place->second] = value;
  }
  if (!row->broken.empty()) row->cells.clear();
  return true;
}

}  // namespace comity::client
