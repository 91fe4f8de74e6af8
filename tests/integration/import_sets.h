// What tests of imported sets share: a set, or its first rows, and what the suite holds of it.
#ifndef COMITY_TESTS_INTEGRATION_IMPORT_SETS_H_
#define COMITY_TESTS_INTEGRATION_IMPORT_SETS_H_

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "comity/fact/v1/fact_service.pb.h"
#include "comity/lead/v1/campaign_service.pb.h"
#include "comity/lead/v1/lead_service.pb.h"
#include "comity/lead/v1/opportunity_service.pb.h"
#include "comity/support/v1/case_service.pb.h"
#include "gtest/gtest.h"
#include "services/client/import/table_reader.h"
#include "tests/integration/command.h"

namespace comity::integration {

#ifdef COMITY_WHOLE_SETS
inline constexpr int64_t kMostRows = std::numeric_limits<int64_t>::max();
inline constexpr bool kIsWhole = true;
#else
inline constexpr int64_t kMostRows = 600;
inline constexpr bool kIsWhole = false;
#endif

inline std::string Source() { return Environment("COMITY_SOURCE_DIR", "."); }

inline std::string PathOf(const std::string& file) {
  return absl::StrCat(Environment("COMITY_SHARED", Source() + "/../shared"), "/data/", file);
}

inline std::string Quoted(const std::string& cell) {
  return absl::StrCat("\"", absl::StrReplaceAll(cell, {{"\"", "\"\""}}), "\"");
}

using RowOfCells = std::map<std::string, std::string>;  // by column

// A set, or its first rows and those that are wanted, as a file of its own.
class Sample {
 public:
  using Wanted = std::function<bool(const RowOfCells&)>;
  explicit Sample(const std::string& file, int64_t most = kMostRows, const Wanted& wanted = {})
      : path_(absl::StrCat(::testing::TempDir(), "/import_sets_", getpid(), "_", NextNumber(),
                           ".csv")) {
    auto reader = client::TableReader::Open(PathOf(file));
    EXPECT_TRUE(reader.ok()) << reader.status();
    std::ofstream output(path_);
    const std::vector<std::string>& header = (*reader)->header();
    WriteRow(&output, header);
    client::Row row;
    for (int64_t read = 0; read < most || wanted; ++read) {
      const auto more = (*reader)->Next(&row);
      EXPECT_TRUE(more.ok()) << more.status();
      if (!more.ok() || !*more) break;
      RowOfCells cells;
      for (size_t i = 0; i < header.size(); ++i) cells[header[i]] = row.cells[i];
      if (read >= most && !wanted(cells)) continue;
      rows_.push_back(std::move(cells));
      WriteRow(&output, row.cells);
    }
  }
  ~Sample() { std::filesystem::remove(path_); }
  const std::string& path() const { return path_; }
  const std::vector<RowOfCells>& rows() const { return rows_; }
  int64_t size() const { return static_cast<int64_t>(rows_.size()); }

 private:
  static int NextNumber() {
    static int number = 0;
    return ++number;
  }
  static void WriteRow(std::ofstream* output, const std::vector<std::string>& cells) {
    for (size_t i = 0; i < cells.size(); ++i) {
      const bool nameless = absl::StartsWith(cells[i], "#");
      *output << (i == 0 ? "" : ",") << Quoted(nameless ? "" : cells[i]);
    }
    *output << "\n";
  }

  const std::string path_;
  std::vector<RowOfCells> rows_;
};

inline const auto& RecordsOf(const lead::v1::ListLeadsResponse& response) {
  return response.leads();
}
inline const auto& RecordsOf(const lead::v1::ListOpportunitiesResponse& response) {
  return response.opportunities();
}
inline const auto& RecordsOf(const lead::v1::ListCampaignsResponse& response) {
  return response.campaigns();
}
inline const auto& RecordsOf(const support::v1::ListCasesResponse& response) {
  return response.cases();
}

// All that the suite holds of a source, by their external ids.
template <typename Response>
auto HeldOf(const std::string& noun, const std::string& source, const std::string& as) {
  const auto response = ComityJson<Response>(
      absl::StrCat(noun, " list --all --filter 'external_id.source = \"", source, "\"'",
                   noun == "campaign" ? "" : " --show-all", " --as ", as));
  const auto& records = RecordsOf(response);
  std::map<std::string, typename std::decay_t<decltype(records)>::value_type> held;
  for (const auto& record : records) held[record.external_id().id()] = record;
  EXPECT_EQ(static_cast<int>(held.size()), records.size());
  return held;
}

// Of a kind, in the order in which they were recorded.
inline std::vector<fact::v1::Fact> FactsOf(const std::string& subject, fact::v1::FactKind kind,
                                           const std::string& as) {
  std::vector<fact::v1::Fact> facts;
  const auto response = ComityJson<fact::v1::ListFactsResponse>(
      absl::StrCat("facts ", subject, " --page-size 500 --as ", as));
  for (const auto& fact : response.facts()) {
    if (fact.kind() == kind) facts.push_back(fact);
  }
  return facts;
}

// `x_education_forums` for `X Education Forums`.
inline std::string AttributeOf(const std::string& column) {
  std::string key = absl::AsciiStrToLower(column);
  for (char& c : key) c = absl::ascii_isalnum(c) ? c : '_';
  return key;
}

}  // namespace comity::integration

#endif  // COMITY_TESTS_INTEGRATION_IMPORT_SETS_H_
