#include "services/reporting/answers.h"

#include <algorithm>

namespace comity::reporting {
namespace {

constexpr absl::string_view kSettled = "settled";
constexpr int kUnknownFact = -2;  // a kind that reports do not follow: never stands

const std::string& Empty() {
  static const std::string* const empty = new std::string;
  return *empty;
}

int PlaceOf(absl::string_view kind) {
  if (kind.empty()) return -1;
  if (kind == "created") return kCreated;
  if (kind == "engaged") return kEngaged;
  if (kind == "signed") return kSigned;
  if (kind == "declined") return kDeclined;
  return kUnknownFact;
}

}  // namespace

Ballot::Ballot(const charter::Charter& charter) {
  for (const type::v1::Question* question : charter.QuestionsAbout("opportunities")) {
    Entry entry{*question, {""}, slots_};
    for (const auto& answer : question->answers()) entry.answers.push_back(answer.id());
    slots_ += question->voices_size();
    entries_.push_back(std::move(entry));
  }
}

const Ballot::Entry* Ballot::Find(absl::string_view question) const {
  for (const Entry& entry : entries_) {
    if (entry.question.name() == question) return &entry;
  }
  return nullptr;
}

int Ballot::SlotOf(absl::string_view question, absl::string_view department) const {
  const Entry* entry = Find(question);
  if (entry == nullptr) return -1;
  const auto& voices = entry->question.voices();
  const auto voice = std::find(voices.begin(), voices.end(), department);
  if (voice == voices.end()) return -1;
  return entry->first_slot + static_cast<int>(voice - voices.begin());
}

uint16_t Ballot::FindAnswer(absl::string_view question, absl::string_view answer) const {
  const Entry* entry = Find(question);
  if (entry == nullptr) return 0;
  const auto found = std::find(entry->answers.begin(), entry->answers.end(), answer);
  return found == entry->answers.end() ? 0 : static_cast<uint16_t>(found - entry->answers.begin());
}

uint16_t Ballot::NumberOf(absl::string_view question, absl::string_view answer) {
  const uint16_t known = FindAnswer(question, answer);
  if (known != 0 || answer.empty()) return known;
  for (Entry& entry : entries_) {
    if (entry.question.name() != question) continue;
    entry.answers.emplace_back(answer);
    return static_cast<uint16_t>(entry.answers.size() - 1);
  }
  return 0;
}

const std::string& Ballot::AnswerOf(absl::string_view question, uint16_t number) const {
  const Entry* entry = Find(question);
  return entry == nullptr || number >= entry->answers.size() ? Empty() : entry->answers[number];
}

const type::v1::Question* Ballot::question(absl::string_view name) const {
  const Entry* entry = Find(name);
  return entry == nullptr ? nullptr : &entry->question;
}

LensRule::LensRule(const Ballot& ballot, absl::string_view question, absl::string_view lens) {
  const type::v1::Question* found = ballot.question(question);
  if (found == nullptr) return;
  needs_.assign(1, -1);
  for (const auto& answer : found->answers()) {
    const int place = PlaceOf(answer.decided_by_fact());
    needs_.push_back(place);
    if (place >= 0) {
      decided_.emplace_back(static_cast<FactPlace>(place),
                            static_cast<uint16_t>(needs_.size() - 1));
    }
  }
  own_ = lens == kSettled ? -1 : ballot.SlotOf(question, lens);
  decider_ = ballot.SlotOf(question, found->decider());
}

LensView LensRule::Through(int slot, const FactTimes& facts, const Standing* standing) const {
  if (slot < 0) return {};
  const Standing& held = standing[slot];
  const int need = held.answer < needs_.size() ? needs_[held.answer] : -1;
  if (held.answer == 0 || need == kUnknownFact || (need >= 0 && facts[need] == kNever)) return {};
  return {held.answer, held.time};
}

LensView LensRule::Answer(const FactTimes& facts, const Standing* standing) const {
  for (const auto& [place, answer] : decided_) {
    if (facts[place] != kNever) return {answer, facts[place]};
  }
  const LensView own = Through(own_, facts, standing);
  return own.answer != 0 ? own : Through(decider_, facts, standing);
}

}  // namespace comity::reporting
