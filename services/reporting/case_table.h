// Cases and the facts about them as reports see them, packed in memory. Not thread-safe.
#ifndef COMITY_REPORTING_CASE_TABLE_H_
#define COMITY_REPORTING_CASE_TABLE_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "services/reporting/effects.h"
#include "services/reporting/tables.h"

namespace comity::reporting {

// A fact about a case. Numbers are strings; 0: none.
struct PackedEvent {
  int64_t time = 0;    // of its occurrence
  uint32_t place = 0;  // among those of the case; a correction has that of what it corrects
  std::array<char, 16> fact{};
  uint32_t team = 0;
  uint32_t owner = 0;
  bool begins = false;      // the case was opened
  bool superseded = false;  // corrected or voided
};

struct CaseRow {
  uint32_t account = 0;  // in the state's accounts
  uint32_t product = 0;
  uint32_t source = 0;  // of the external id
  std::string external_id;
  bool withdrawn = false;           // it has no events any more
  std::vector<PackedEvent> events;  // as they were recorded; those that void are not among them
};

class CaseTable {
 public:
  void Put(const CaseVersion& version, uint32_t account, StringTable* strings);
  void Add(const CaseEvent& event, StringTable* strings);

  // Rows are numbered from 1.
  uint32_t rows() const { return ids_.size(); }
  const CaseRow& row(uint32_t number) const { return rows_[number]; }
  // 16 bytes.
  absl::string_view id(uint32_t number) const { return ids_.id(number); }
  // Memory it takes, about.
  size_t bytes() const;

 private:
  CaseRow& RowOf(absl::string_view subject);

  IdTable ids_;
  std::vector<CaseRow> rows_{1};
  size_t events_ = 0;
};

}  // namespace comity::reporting

#endif  // COMITY_REPORTING_CASE_TABLE_H_
