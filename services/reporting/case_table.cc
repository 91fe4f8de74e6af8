#include "services/reporting/case_table.h"

#include <algorithm>

namespace comity::reporting {
namespace {

bool Is(const PackedEvent& event, absl::string_view fact) {
  return absl::string_view(event.fact.data(), event.fact.size()) == fact;
}

}  // namespace

CaseRow& CaseTable::RowOf(absl::string_view subject) {
  const uint32_t number = ids_.Intern(subject);
  if (number >= rows_.size()) rows_.resize(number + 1);
  return rows_[number];
}

void CaseTable::Put(const CaseVersion& version, uint32_t account, StringTable* strings) {
  CaseRow& row = RowOf(version.subject);
  row.account = account;
  row.product = strings->Intern(version.product);
  row.source = strings->Intern(version.source);
  row.external_id = version.external_id;
  row.withdrawn = version.withdrawn;
  if (!row.withdrawn) return;
  events_ -= row.events.size();
  row.events.clear();
}

void CaseTable::Add(const CaseEvent& event, StringTable* strings) {
  CaseRow& row = RowOf(event.subject);
  if (row.withdrawn) return;
  PackedEvent packed;
  packed.place = static_cast<uint32_t>(row.events.size());
  if (!event.supersedes.empty()) {
    const auto earlier =
        std::find_if(row.events.rbegin(), row.events.rend(),
                     [&](const PackedEvent& each) { return Is(each, event.supersedes); });
    if (earlier != row.events.rend()) {
      earlier->superseded = true;
      packed.place = earlier->place;
    }
  }
  if (event.kind == fact::v1::FACT_KIND_VOIDED) return;
  packed.time = event.occur_time;
  std::copy_n(event.fact.begin(), std::min(event.fact.size(), packed.fact.size()),
              packed.fact.begin());
  packed.team = strings->Intern(event.team);
  packed.owner = strings->Intern(event.owner);
  packed.begins = event.kind == fact::v1::FACT_KIND_OPENED;
  row.events.push_back(packed);
  ++events_;
}

size_t CaseTable::bytes() const {
  // A list that grows by itself has about a third more room than it uses.
  return ids_.bytes() + rows_.capacity() * sizeof(CaseRow) + events_ * sizeof(PackedEvent) / 3 * 4;
}

}  // namespace comity::reporting
