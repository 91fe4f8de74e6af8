#include "services/reporting/state.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "google/protobuf/util/time_util.h"
#include "services/reporting/split.h"
#include "services/runtime/resource/names.h"

namespace comity::reporting {
namespace {

using google::protobuf::util::TimeUtil;

// Grows `list` so that `place` is in it.
template <typename List>
typename List::value_type& At(List* list, uint32_t place) {
  if (place >= list->size()) list->resize(place + 1);
  return (*list)[place];
}

// The facts that stand (no other fact corrects or voids them), in the order in which they happened;
// of those at the same time a correction has the place of what it corrects.
std::vector<const FactRow*> StandingFacts(const std::vector<FactRow>& facts,
                                          int64_t occurred_before) {
  absl::flat_hash_set<absl::string_view> superseded;
  absl::flat_hash_map<absl::string_view, size_t> places;
  for (size_t i = 0; i < facts.size(); ++i) {
    superseded.insert(facts[i].supersedes);
    const auto corrected = places.find(facts[i].supersedes);
    places.emplace(facts[i].fact, corrected == places.end() ? i : corrected->second);
  }
  std::vector<const FactRow*> standing;
  for (const FactRow& fact : facts) {
    if (fact.occur_time < occurred_before && !superseded.contains(fact.fact)) {
      standing.push_back(&fact);
    }
  }
  // The beginning comes first, also where a change is dated before it.
  const auto rank = [&](const FactRow* fact) {
    return std::tuple(fact->kind != fact::v1::FACT_KIND_CREATED, fact->occur_time,
                      places.at(fact->fact));
  };
  std::stable_sort(standing.begin(), standing.end(),
                   [&](const FactRow* a, const FactRow* b) { return rank(a) < rank(b); });
  return standing;
}

// What one fact makes of the version before it: as the lead service derives its record.
void Happen(const FactRow& fact, OpportunityVersion* version) {
  switch (fact.kind) {
    case fact::v1::FACT_KIND_CREATED:
      version->amount = fact.amount;
      version->close_date = fact.close_date;
      version->owner = fact.owner;
      break;
    case fact::v1::FACT_KIND_AMOUNT_CHANGED:
      // Signed, it is the amount signed, whatever the dates of the changes say.
      if (version->sign_time == kNever) version->amount = fact.amount;
      break;
    case fact::v1::FACT_KIND_CLOSE_DATE_CHANGED:
      version->close_date = fact.close_date;
      break;
    case fact::v1::FACT_KIND_OWNER_CHANGED:
      version->owner = fact.owner;
      break;
    case fact::v1::FACT_KIND_ENGAGED:
      if (version->engage_time == kNever) version->engage_time = fact.occur_time;
      break;
    case fact::v1::FACT_KIND_SIGNED:
      if (!fact.amount.currency.empty()) version->amount = fact.amount;
      version->sign_time = fact.occur_time;
      break;
    case fact::v1::FACT_KIND_DECLINED:
      version->decline_time = fact.occur_time;
      break;
    default:
      break;
  }
}

}  // namespace

State::State(const charter::Book* book, int64_t occurred_before)
    : book_(book), occurred_before_(occurred_before), rows_(1), lines_(1), links_(1) {}

void State::Apply(const Effects& effects) {
  ApplySource(effects.intake);
  for (const NamedVersion& named : effects.named) ApplyNamed(named);
  for (const OpportunityVersion& version : effects.opportunities) ApplyVersion(version);
  for (const FactRow& fact : effects.facts) ApplyFact(fact);
  for (const JudgementRow& judgement : effects.judgements) ApplyJudgement(judgement);
  for (const CaseVersion& version : effects.cases) {
    cases_.Put(version, accounts_.Intern(version.account), &strings_);
  }
  for (const CaseEvent& event : effects.case_events) cases_.Add(event, &strings_);
  for (const DisputeRow& dispute : effects.disputes) {
    if (!IsPast() || dispute.occur_time < occurred_before_) disputes_.Apply(dispute);
  }
}

void State::ApplySource(const v1::Intake& intake) {
  number_ = intake.number();
  revision_ = std::max(revision_, intake.charter_revision());
  auto known =
      std::lower_bound(sources_.begin(), sources_.end(), intake.source(),
                       [](const SourceState& a, const std::string& b) { return a.source < b; });
  if (known == sources_.end() || known->source != intake.source()) {
    known = sources_.insert(known, {intake.source()});
  }
  known->position = intake.to_position();
  if (intake.has_newest_record_time()) {
    known->newest_time = std::max(known->newest_time,
                                  TimeUtil::TimestampToMicroseconds(intake.newest_record_time()));
  }
}

size_t State::bytes() const {
  const auto of = [](const auto& list) { return list.capacity() * sizeof(list[0]); };
  return strings_.bytes() + opportunities_.bytes() + accounts_.bytes() + of(rows_) +
         of(standings_) + of(lines_) + external_ids_.capacity() + of(named_) + of(sectors_) +
         of(account_heads_) + of(links_) + cases_.bytes();
}

uint32_t State::RowNumber(absl::string_view opportunity) {
  const uint32_t number = opportunities_.Intern(opportunity);
  if (number >= rows_.size()) {
    rows_.resize(number + 1);
    standings_.resize(rows_.size() * static_cast<size_t>(ballot_.slots()));
  }
  return number;
}

size_t State::SlotFor(const JudgementRow& judgement) {
  int slot = ballot_.SlotOf(judgement.question, judgement.department);
  if (slot >= 0) return static_cast<size_t>(slot);
  const auto before = static_cast<size_t>(ballot_.slots());
  slot = ballot_.AddSlot(judgement.question, judgement.department);
  std::vector<Standing> wider(rows_.size() * (before + 1));
  for (size_t row = 0; row < rows_.size(); ++row) {
    std::copy_n(standings_.data() + row * before, before, wider.data() + row * (before + 1));
  }
  standings_ = std::move(wider);
  return static_cast<size_t>(slot);
}

void State::ApplyVersion(const OpportunityVersion& version) {
  const uint32_t number = RowNumber(version.opportunity);
  if (IsPast()) {
    // What facts do not carry (account, lines, external id) is taken from the newest version.
    Timeline& timeline = timelines_[number];
    if (timeline.first.opportunity.empty()) timeline.first = version;
    timeline.first.account = version.account;
    timeline.first.lines = version.lines;
    timeline.first.external_id = version.external_id;
    timeline.first.open_time = version.open_time;
    timeline.first.withdrawn = version.withdrawn;
    return;
  }
  Put(number, version);
}

void State::Put(uint32_t number, const OpportunityVersion& version) {
  Row& row = rows_[number];
  const uint32_t account = accounts_.Intern(version.account);
  if (!row.exists || row.account != account) LinkAccount(account, number, row.exists);
  row.account = account;
  row.exists = !version.withdrawn;
  row.facts = {version.open_time, version.engage_time, version.sign_time, version.decline_time};
  row.owner = strings_.Intern(version.owner);
  row.close_date = version.close_date;
  SetAmount(version.amount, &row);
  SetLines(version.lines, &row);
  SplitAmount(row);
  SetExternalId(version.external_id, &row);
}

void State::ApplyFact(const FactRow& fact) {
  if (IsPast()) timelines_[RowNumber(fact.opportunity)].facts.push_back(fact);
}

void State::ApplyJudgement(const JudgementRow& judgement) {
  if (IsPast() && judgement.occur_time >= occurred_before_) return;
  const size_t slot = SlotFor(judgement);
  const size_t row = RowNumber(judgement.opportunity);
  Standing& held = standings_[row * static_cast<size_t>(ballot_.slots()) + slot];
  const uint16_t answer = ballot_.NumberOf(judgement.question, judgement.answer);
  const bool goes_on = answer != 0 && answer == held.answer;
  // A repeated answer, say with a better reason, is held since it was first given.
  held.time = answer == 0
                  ? kNever
                  : (goes_on ? std::min(held.time, judgement.occur_time) : judgement.occur_time);
  held.answer = answer;
}

void State::ApplyNamed(const NamedVersion& named) {
  if (absl::StartsWith(named.name, "accounts/")) {
    const auto id = resource::IdOf(named.name, "accounts");
    if (id.ok()) At(&sectors_, accounts_.Intern(*id)) = strings_.Intern(named.sector);
    return;
  }
  Named packed;
  packed.display_name = strings_.Intern(named.display_name);
  packed.team = strings_.Intern(named.team);
  packed.office = strings_.Intern(named.office);
  packed.manager = strings_.Intern(named.manager);
  At(&named_, strings_.Intern(named.name)) = packed;
}

void State::SetAmount(const Amount& amount, Row* row) {
  row->currency = strings_.Intern(amount.currency);
  row->amount = amount.currency.empty() ? 0 : amount.minor;
}

void State::SetLines(const std::vector<Line>& lines, Row* row) {
  // By product, ordered by its name: ties of the split go by a stable id.
  std::map<absl::string_view, int64_t> values;
  for (const Line& line : lines) {
    int64_t& value = values[line.product];
    value = line.value > std::numeric_limits<int64_t>::max() - value
                ? std::numeric_limits<int64_t>::max()
                : value + line.value;
  }
  std::vector<PackedLine> packed;
  for (const auto& [product, value] : values)
    packed.push_back({strings_.Intern(product), value, 0});
  const auto same = [](const PackedLine& a, const PackedLine& b) {
    return a.product == b.product && a.value == b.value;
  };
  if (packed.size() == row->line_count &&
      std::equal(packed.begin(), packed.end(), lines_.begin() + row->first_line, same)) {
    return;
  }
  // Lines seldom change: the old ones stay behind until the next start.
  row->first_line = static_cast<uint32_t>(lines_.size());
  row->line_count = static_cast<uint16_t>(packed.size());
  lines_.insert(lines_.end(), packed.begin(), packed.end());
}

void State::SplitAmount(const Row& row) {
  const auto first = lines_.begin() + row.first_line;
  std::vector<int64_t> weights;
  for (auto line = first; line != first + row.line_count; ++line) weights.push_back(line->value);
  const std::vector<int64_t> shares = Split(row.amount, weights);
  for (size_t i = 0; i < shares.size(); ++i) lines_[row.first_line + i].share = shares[i];
}

void State::SetExternalId(absl::string_view id, Row* row) {
  id = id.substr(0, 255);
  if (id == external_id(*row)) return;
  row->external_id = static_cast<uint32_t>(external_ids_.size());
  row->external_size = static_cast<uint8_t>(id.size());
  external_ids_.append(id.data(), id.size());
}

void State::LinkAccount(uint32_t account, uint32_t row, bool moved) {
  if (account == 0) return;
  uint32_t& head = At(&account_heads_, account);
  // An opportunity that comes back to an account is already in its chain.
  for (uint32_t at = moved ? head : 0; at != 0; at = links_[at].next) {
    if (links_[at].row == row) return;
  }
  links_.push_back({row, head});
  head = static_cast<uint32_t>(links_.size() - 1);
}

std::vector<uint32_t> State::RowsOfAccount(uint32_t account) const {
  std::vector<uint32_t> rows;
  if (account >= account_heads_.size()) return rows;
  for (uint32_t at = account_heads_[account]; at != 0; at = links_[at].next) {
    rows.push_back(links_[at].row);
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

void State::Finish() {
  if (!IsPast()) return;
  for (const auto& [number, timeline] : timelines_) FinishRow(number, timeline);
  timelines_.clear();
}

void State::FinishRow(uint32_t number, const Timeline& timeline) {
  const OpportunityVersion& first = timeline.first;
  if (first.opportunity.empty() || first.withdrawn || first.open_time >= occurred_before_) return;
  OpportunityVersion version = timeline.first;
  version.engage_time = version.sign_time = version.decline_time = kNever;
  for (const FactRow* fact : StandingFacts(timeline.facts, occurred_before_)) {
    Happen(*fact, &version);
  }
  Put(number, version);
}

}  // namespace comity::reporting
