// The record as reports see it, packed in memory: one row an opportunity, strings and ids as
// numbers. Built by applying intakes in their order: all of them (the present), or those up to an
// as-of position (the past). Holds what was judged as it was said; by which revision of the charter
// it is read, the last intake says. Not thread-safe.
#ifndef COMITY_REPORTING_STATE_H_
#define COMITY_REPORTING_STATE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "services/reporting/answers.h"
#include "services/reporting/case_table.h"
#include "services/reporting/effects.h"
#include "services/reporting/open_disputes.h"
#include "services/reporting/tables.h"
#include "services/runtime/charter/book.h"

namespace comity::reporting {

// What a product line takes of its opportunity.
struct PackedLine {
  uint32_t product = 0;  // string
  int64_t value = 0;     // weight, in minor units
  int64_t share = 0;     // of the opportunity's amount; the shares sum to it
};

// One opportunity. Numbers refer to the state's tables; 0 stands for none.
struct Row {
  int64_t amount = 0;  // minor units
  FactTimes facts = {kNever, kNever, kNever, kNever};
  uint32_t account = 0;
  uint32_t owner = 0;        // string
  uint32_t currency = 0;     // string
  uint32_t external_id = 0;  // offset into the texts
  int32_t close_date = 0;    // yyyymmdd
  uint32_t first_line = 0;
  uint16_t line_count = 0;  // one line a product, ordered by product
  uint8_t external_size = 0;
  bool exists = false;
};

// What is known of a person, team or product. Numbers are strings.
struct Named {
  uint32_t display_name = 0;
  uint32_t team = 0;
  uint32_t office = 0;
  uint32_t manager = 0;
};

// How far one source is in.
struct SourceState {
  std::string source;
  int64_t position = 0;
  int64_t newest_time = kNever;  // record time of its newest entry that is in
};

class State {
 public:
  // `occurred_before` in microseconds: only what occurred before it counts (see README.md);
  // kNever: everything. `book` outlives it.
  explicit State(const charter::Book* book, int64_t occurred_before = kNever);

  // The next intake. With `occurred_before`, call Finish() after the last.
  void Apply(const Effects& effects);
  // Computes what the facts say happened before `occurred_before`; else does nothing.
  void Finish();

  // Number of the last intake: the as-of position.
  int64_t number() const { return number_; }
  // The revision of the charter that was in force at the last intake. It only grows.
  int revision() const { return revision_; }
  // Whether the book has that revision; else nothing below that takes the charter may be called.
  bool KnowsCharter() const { return book_->Find(revision_) != nullptr; }
  const charter::Charter& charter() const { return book_->Find(revision_)->charter; }
  const charter::Book& book() const { return *book_; }
  const std::vector<SourceState>& sources() const { return sources_; }
  int64_t occurred_before() const { return occurred_before_; }
  // Memory it takes, about.
  size_t bytes() const;

  // Rows are numbered from 1.
  uint32_t rows() const { return opportunities_.size(); }
  const Row& row(uint32_t number) const { return rows_[number]; }
  const Standing* standing(uint32_t number) const {
    return standings_.data() + static_cast<size_t>(number) * static_cast<size_t>(ballot_.slots());
  }
  const PackedLine* lines(const Row& row) const { return &lines_[row.first_line]; }
  absl::string_view external_id(const Row& row) const {
    return absl::string_view(external_ids_).substr(row.external_id, row.external_size);
  }
  const Named& named(uint32_t string) const {
    return string < named_.size() ? named_[string] : nobody_;
  }
  uint32_t sector(uint32_t account) const {
    return account < sectors_.size() ? sectors_[account] : 0;
  }
  // Rows that are, or once were, of an account; each once.
  std::vector<uint32_t> RowsOfAccount(uint32_t account) const;

  const IdTable& opportunities() const { return opportunities_; }
  const IdTable& accounts() const { return accounts_; }
  const StringTable& strings() const { return strings_; }
  const Ballot& ballot() const { return ballot_; }
  const CaseTable& cases() const { return cases_; }
  const OpenDisputes& disputes() const { return disputes_; }

 private:
  // What the opportunity was when it was first recorded, with the facts since.
  struct Timeline {
    OpportunityVersion first;
    std::vector<FactRow> facts;
  };
  // A row of an account's chain.
  struct Link {
    uint32_t row = 0;
    uint32_t next = 0;
  };
  bool IsPast() const { return occurred_before_ != kNever; }
  void ApplySource(const v1::Intake& intake);
  void ApplyVersion(const OpportunityVersion& version);
  void Put(uint32_t number, const OpportunityVersion& version);
  void ApplyFact(const FactRow& fact);
  void ApplyJudgement(const JudgementRow& judgement);
  void ApplyNamed(const NamedVersion& named);
  void SetAmount(const Amount& amount, Row* row);
  void SetLines(const std::vector<Line>& lines, Row* row);
  void SplitAmount(const Row& row);
  void SetExternalId(absl::string_view id, Row* row);
  // `moved`: the row had another account before.
  void LinkAccount(uint32_t account, uint32_t row, bool moved);
  uint32_t RowNumber(absl::string_view opportunity);
  // The slot of a department in a question. Its first judgement makes one.
  size_t SlotFor(const JudgementRow& judgement);
  void FinishRow(uint32_t number, const Timeline& timeline);

  const charter::Book* book_;
  int64_t occurred_before_;
  int64_t number_ = 0;
  int revision_ = 1;
  std::vector<SourceState> sources_;
  Ballot ballot_;
  StringTable strings_;
  IdTable opportunities_;
  IdTable accounts_;
  std::vector<Row> rows_;
  std::vector<Standing> standings_;
  CaseTable cases_;
  OpenDisputes disputes_;
  std::vector<PackedLine> lines_;
  std::string external_ids_;
  std::vector<Named> named_;
  Named nobody_;
  std::vector<uint32_t> sectors_;
  std::vector<uint32_t> account_heads_;  // into links_; 0: end
  std::vector<Link> links_;
  absl::flat_hash_map<uint32_t, Timeline> timelines_;
};

}  // namespace comity::reporting

#endif  // COMITY_REPORTING_STATE_H_
