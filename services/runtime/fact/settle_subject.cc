// What is settled of an open subject: see open_subject.h.
#include <algorithm>

#include "services/runtime/charter/silence.h"
#include "services/runtime/fact/open_subject.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/status/errors.h"

namespace comity::fact {
namespace {

using type::v1::SettledAnswer;

SettledAnswer* FindSettled(const std::string& question, std::vector<SettledAnswer>* settled) {
  for (SettledAnswer& one : *settled) {
    if (one.question() == question) return &one;
  }
  return nullptr;
}

std::vector<judgement::Awaited> AwaitedOf(const std::string& subject,
                                          const type::v1::Question& question,
                                          const std::vector<charter::Vote>& votes,
                                          const charter::Silence& silence) {
  std::vector<judgement::Awaited> awaited;
  for (const charter::Vote& vote : votes) {
    if (vote.due <= silence.now || vote.due == absl::InfiniteFuture()) continue;
    awaited.push_back(
        {subject, question.name(), std::string(vote.department), vote.delivered, vote.due});
  }
  return awaited;
}

bool SameTime(const SettledAnswer& a, const SettledAnswer& b) {
  return a.next_term_time().SerializeAsString() == b.next_term_time().SerializeAsString();
}

}  // namespace

absl::StatusOr<const std::vector<SettledAnswer>*> OpenSubject::Settled() {
  if (!settled_.has_value()) {
    COMITY_ASSIGN_OR_RETURN(settled_, judgement::ReadSettlements(*tx_, name_));
  }
  return &*settled_;
}

absl::Status OpenSubject::SettleAt(const type::v1::Question& question, absl::Time now,
                                   journal::v1::Entry* entry) {
  COMITY_RETURN_IF_ERROR(Settled().status());
  std::vector<std::string> facts;
  if (charter::FactsDecide(question)) {
    COMITY_ASSIGN_OR_RETURN(const std::vector<v1::Fact>* deciding, Deciding());
    facts = KindIds(*deciding);
  }
  COMITY_ASSIGN_OR_RETURN(const auto* rows, Standing());
  const auto answers = judgement::AnswersTo(question.name(), *rows);
  charter::Silence silence =
      charter::SilenceAt(*call_->runtime->charters, question.name(), call_->now);
  silence.now = now;
  SettledAnswer after = charter::SettledOf(question, answers, facts, silence);
  after.set_subject(name_);
  after.set_charter_revision(call_->charter().revision());
  *after.mutable_settle_time() = resource::FromTime(now);

  SettledAnswer* found = FindSettled(question.name(), &*settled_);
  const SettledAnswer before = found == nullptr ? SettledAnswer() : *found;
  if (after.has_next_term_time() || before.has_next_term_time()) {
    const auto [change, first] = awaited_.try_emplace(question.name());
    if (first) change->second.had = before.has_next_term_time();
    change->second.now.clear();
    if (after.has_next_term_time()) {
      change->second.now =
          AwaitedOf(name_, question, charter::VotesOf(question, answers, facts, silence), silence);
    }
  }
  const bool same = charter::SettlesTheSame(before, after);
  if (same && SameTime(before, after)) return absl::OkStatus();
  if (found == nullptr) found = &settled_->emplace_back();
  resettled_.insert(question.name());
  if (!same) {
    *entry->add_settlements() = after;
    *found = std::move(after);
    return absl::OkStatus();
  }
  // Only the next term is another one: what is settled stays as it was journaled.
  found->set_subject(name_);
  found->set_question(question.name());
  found->clear_next_term_time();
  if (after.has_next_term_time()) *found->mutable_next_term_time() = after.next_term_time();
  return absl::OkStatus();
}

absl::Status OpenSubject::Settle(const type::v1::Question& question, journal::v1::Entry* entry) {
  COMITY_RETURN_IF_ERROR(Settled().status());
  // Another replica's clock may be ahead: what it has settled is not settled back by that.
  absl::Time now = call_->now;
  if (const SettledAnswer* before = FindSettled(question.name(), &*settled_)) {
    now = std::max(now, resource::ToTime(before->settle_time()));
  }
  return SettleAt(question, now, entry);
}

void OpenSubject::AppendSettled(journal::v1::Entry entry) {
  if (entry.settlements().empty()) return;
  entry.set_subject(name_);
  entry.set_version(next_version());
  entry.set_type("settled");
  *entry.mutable_occur_time() = entry.settlements(0).settle_time();
  // Nobody's act, whoever's request comes upon it.
  entry.mutable_actor()->set_workload("service/" + call_->runtime->service);
  Advance(/*edited=*/false);
  tx_->Append(std::move(entry));
}

absl::Status OpenSubject::EndTerm(SettledAnswer ended) {
  const auto* question = call_->charter().FindQuestion(ended.question());
  journal::v1::Entry entry;
  if (question != nullptr) {
    COMITY_RETURN_IF_ERROR(SettleAt(*question, resource::ToTime(ended.next_term_time()), &entry));
  } else {
    FindSettled(ended.question(), &*settled_)->clear_next_term_time();
    resettled_.insert(ended.question());
    awaited_[ended.question()] = {/*had=*/true, {}};
  }
  const SettledAnswer& now = *FindSettled(ended.question(), &*settled_);
  if (SameTime(now, ended)) return Internal("a term of silence does not end");
  AppendSettled(std::move(entry));
  return absl::OkStatus();
}

absl::Status OpenSubject::EndTerms() {
  COMITY_RETURN_IF_ERROR(Settled().status());
  while (true) {
    const SettledAnswer* first = nullptr;
    const auto term = [](const SettledAnswer& settled) {
      return resource::ToTime(settled.next_term_time());
    };
    for (const SettledAnswer& settled : *settled_) {
      if (!settled.has_next_term_time() || term(settled) > call_->now) continue;
      if (first == nullptr || term(settled) < term(*first)) first = &settled;
    }
    if (first == nullptr) return absl::OkStatus();
    COMITY_RETURN_IF_ERROR(EndTerm(*first));
  }
}

absl::Status OpenSubject::SettleAll() {
  COMITY_RETURN_IF_ERROR(EndTerms());
  journal::v1::Entry entry;
  const auto questions = call_->charter().QuestionsAbout(kind_->resource->collection);
  for (const type::v1::Question* question : questions) {
    COMITY_RETURN_IF_ERROR(Settle(*question, &entry));
  }
  AppendSettled(std::move(entry));
  return absl::OkStatus();
}

absl::Status OpenSubject::CloseSettled() {
  for (const std::string& question : resettled_) {
    COMITY_RETURN_IF_ERROR(judgement::PutSettlement(*tx_, *FindSettled(question, &*settled_)));
  }
  for (const auto& [question, change] : awaited_) {
    if (change.had) {
      COMITY_RETURN_IF_ERROR(judgement::DeleteAwaited(*tx_, name_, question));
    }
    COMITY_RETURN_IF_ERROR(judgement::InsertAwaited(*tx_, change.now));
  }
  resettled_.clear();
  awaited_.clear();
  return absl::OkStatus();
}

}  // namespace comity::fact
