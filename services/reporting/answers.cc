#include "services/reporting/answers.h"

#include <algorithm>

namespace comity::reporting {
namespace {

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

bool HasVoice(const type::v1::Question& question, absl::string_view department) {
  const auto& voices = question.voices();
  return std::find(voices.begin(), voices.end(), department) != voices.end();
}

}  // namespace

const Ballot::Entry* Ballot::Find(absl::string_view question) const {
  for (const Entry& entry : entries_) {
    if (entry.question == question) return &entry;
  }
  return nullptr;
}

Ballot::Entry& Ballot::FindOrAdd(absl::string_view question) {
  for (Entry& entry : entries_) {
    if (entry.question == question) return entry;
  }
  return entries_.emplace_back(Entry{std::string(question)});
}

int Ballot::SlotOf(absl::string_view question, absl::string_view department) const {
  const Entry* entry = Find(question);
  if (entry == nullptr) return -1;
  for (const auto& [name, slot] : entry->slots) {
    if (name == department) return slot;
  }
  return -1;
}

int Ballot::AddSlot(absl::string_view question, absl::string_view department) {
  FindOrAdd(question).slots.emplace_back(department, slots_);
  return slots_++;
}

uint16_t Ballot::NumberOf(absl::string_view question, absl::string_view answer) {
  std::vector<std::string>& answers = FindOrAdd(question).answers;
  const auto found = std::find(answers.begin(), answers.end(), answer);
  const auto number = static_cast<uint16_t>(found - answers.begin());
  if (found == answers.end()) answers.emplace_back(answer);
  return number;
}

const std::vector<std::string>& Ballot::AnswersTo(absl::string_view question) const {
  static const auto* const none = new std::vector<std::string>{""};
  const Entry* entry = Find(question);
  return entry == nullptr ? *none : entry->answers;
}

uint16_t PlaceOfAnswer(const type::v1::Question* question, absl::string_view answer) {
  if (question == nullptr) return 0;
  for (int i = 0; i < question->answers_size(); ++i) {
    if (question->answers(i).id() == answer) return static_cast<uint16_t>(i + 1);
  }
  return 0;
}

const std::string& AnswerAt(const type::v1::Question* question, uint16_t place) {
  if (question == nullptr || place == 0 || place > question->answers_size()) return Empty();
  return question->answers(place - 1).id();
}

LensRule::LensRule(const Ballot& ballot, const type::v1::Question* question,
                   absl::string_view lens) {
  if (question == nullptr) return;
  std::vector<Meaning> places(1);
  for (const auto& answer : question->answers()) {
    const auto place = static_cast<uint16_t>(places.size());
    const int need = PlaceOf(answer.decided_by_fact());
    places.push_back({place, need});
    if (need >= 0) decided_.emplace_back(static_cast<FactPlace>(need), place);
  }
  for (const std::string& given : ballot.AnswersTo(question->name())) {
    meanings_.push_back(places[PlaceOfAnswer(question, given)]);
  }
  // Judgements of departments without a voice, from before they lost it, bear on nothing.
  const auto ask = [&](absl::string_view department) {
    const int slot = ballot.SlotOf(question->name(), department);
    if (slot >= 0 && HasVoice(*question, department)) asked_.push_back(slot);
  };
  if (lens != charter::kSettled) ask(lens);
  const charter::SettlementTerms terms = charter::TermsOf(*question);
  for (const absl::string_view department : terms.asked) ask(department);
  needed_ = terms.needed;
  if (needed_ == 0) return;
  for (const std::string& voice : question->voices()) {
    const int slot = ballot.SlotOf(question->name(), voice);
    if (slot >= 0) voices_.push_back({slot, charter::WeightOf(*question, voice)});
  }
}

LensView LensRule::Through(int slot, const FactTimes& facts, const Standing* standing) const {
  const Standing& held = standing[slot];
  const auto& [answer, need] = meanings_[held.answer];
  if (answer == 0 || need == kUnknownFact || (need >= 0 && facts[need] == kNever)) return {};
  return {answer, held.time};
}

LensView LensRule::Gathered(const FactTimes& facts, const Standing* standing) const {
  for (const Voice& voice : voices_) {
    LensView view = Through(voice.slot, facts, standing);
    if (view.answer == 0) continue;
    int64_t weight = 0;
    for (const Voice& other : voices_) {
      const Standing& held = standing[other.slot];
      if (meanings_[held.answer].answer != view.answer) continue;
      weight += other.weight;
      view.time = std::max(view.time, held.time);
    }
    if (weight >= needed_) return view;
  }
  return {};
}

LensView LensRule::Answer(const FactTimes& facts, const Standing* standing) const {
  for (const auto& [place, answer] : decided_) {
    if (facts[place] != kNever) return {answer, facts[place]};
  }
  for (const int slot : asked_) {
    const LensView view = Through(slot, facts, standing);
    if (view.answer != 0) return view;
  }
  return voices_.empty() ? LensView() : Gathered(facts, standing);
}

}  // namespace comity::reporting
