#include "tests/integration/journal_check.h"

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "services/client/profile.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/storage/personal.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

using google::protobuf::util::MessageDifferencer;
using journal::v1::Entry;

// What such a load may be refused: others came first, or a fact stands against it.
bool IsExpected(const absl::Status& refusal) {
  static const auto* const expected = new std::set<std::string>{
      "ETAG_MISMATCH",      "ALREADY_SIGNED", "DECIDED_BY_FACT", "NOT_STANDING",
      "ALREADY_SUPERSEDED", "CASE_CLOSED",    "CASE_OPEN"};
  return expected->contains(Reason(refusal));
}

// The types of the entries that an act makes, in their order.
std::vector<std::string> TypesOf(const Act& act) {
  const std::string verb = act.verb();
  if (verb == "Create") {
    const std::string subject = act.subject();
    const bool begins =
        absl::StartsWith(subject, "opportunities/") || absl::StartsWith(subject, "cases/");
    return begins ? std::vector<std::string>{"created", "fact-recorded"}
                  : std::vector<std::string>{"created"};
  }
  if (verb == "Update") return {"updated"};
  if (verb == "Judge") return {"judged"};
  if (verb == "Withdraw") return {"withdrawn"};
  if (verb == "Void") return {"fact-voided"};
  return {TextAt(*act.request, "fact.corrects").empty() ? "fact-recorded" : "fact-corrected"};
}

std::vector<std::string> TypesOf(const std::vector<const Entry*>& entries) {
  std::vector<std::string> types;
  for (const Entry* entry : entries) types.push_back(entry->type());
  return types;
}

// The reply, as far as a journal may hold it, is what the last entry says.
void ExpectSaysWhatWasTold(const Act& act, const Entry& entry) {
  const bool of_record = act.verb() == "Create" && entry.has_record();
  const std::unique_ptr<Message> held(act.reply->New());
  ASSERT_TRUE((of_record ? entry.record() : entry.payload()).UnpackTo(held.get()))
      << entry.ShortDebugString();
  const std::unique_ptr<Message> told(act.reply->New());
  told->CopyFrom(*act.reply);
  ASSERT_TRUE(storage::ClearPersonal(told.get()).ok());
  std::string difference;
  MessageDifferencer differencer;
  differencer.ReportDifferencesToString(&difference);
  EXPECT_TRUE(differencer.Compare(*told, *held)) << act.method << " told another: " << difference;
}

void ExpectEffectOf(const Act& act, const std::vector<const Entry*>& entries) {
  EXPECT_EQ(TypesOf(entries), TypesOf(act)) << act.method << " " << act.request_id;
  const auto identity = client::ParseIdentity(act.as);
  for (const Entry* entry : entries) {
    EXPECT_EQ(entry->subject(), act.subject());
    EXPECT_EQ(entry->actor().person(), identity->person);
    EXPECT_EQ(entry->actor().department(), identity->department);
  }
  if (!entries.empty()) ExpectSaysWhatWasTold(act, *entries.back());
}

// Acts of one subject in the order of the versions that they made.
void ExpectOrdered(std::vector<std::pair<int64_t, const Act*>> acts) {
  std::sort(acts.begin(), acts.end());
  absl::Time sent_before = absl::InfinitePast();
  for (const auto& [version, act] : acts) {
    EXPECT_GE(act->answered, sent_before)
        << act->subject() << " version " << version
        << " was answered before an act with a lower version was sent";
    sent_before = std::max(sent_before, act->begun);
  }
}

}  // namespace

EntryIndex ByRequest(const Journals& journals) {
  EntryIndex index;
  for (const auto& [service, journal] : journals) {
    for (const auto& positioned : journal) {
      const Entry& entry = positioned.entry();
      if (!entry.request_id().empty()) index[entry.request_id()].push_back(&entry);
    }
  }
  return index;
}

bool AwaitSequenced(const std::vector<Act>& acts, Journals* journals) {
  std::string missing;
  const bool all = Eventually([&] {
    ReadOn(journals);
    const EntryIndex entries = ByRequest(*journals);
    const auto lost = std::find_if(acts.begin(), acts.end(), [&](const Act& act) {
      return act.acknowledged() && !entries.contains(act.request_id);
    });
    missing = lost == acts.end() ? "" : absl::StrCat(lost->method, " ", lost->request_id);
    return lost == acts.end();
  });
  EXPECT_TRUE(all) << "acknowledged and lost: " << missing;
  return all;
}

void ExpectKnownOutcomes(const std::vector<Act>& acts) {
  for (const Act& act : acts) {
    EXPECT_TRUE(act.acknowledged() || IsExpected(act.refusal))
        << act.as << " " << act.method << " after " << act.attempts << " attempts: " << act.refusal
        << "\n"
        << act.request->ShortDebugString();
  }
}

void ExpectSound(const std::string& service, const Journal& journal) {
  absl::flat_hash_map<std::string, int64_t> versions;
  std::set<std::string> ids;
  for (size_t i = 0; i < journal.size(); ++i) {
    const Entry& entry = journal[i].entry();
    ASSERT_EQ(journal[i].position(), static_cast<int64_t>(i)) << "a gap in " << service;
    ASSERT_EQ(entry.version(), ++versions[entry.subject()]) << entry.subject();
    ASSERT_TRUE(ids.insert(entry.entry_id()).second) << "twice: " << entry.ShortDebugString();
  }
}

void ExpectEffectsOnce(const std::vector<Act>& acts, const Journals& journals) {
  const EntryIndex entries = ByRequest(journals);
  std::map<std::string, std::vector<std::pair<int64_t, const Act*>>> by_subject;
  for (const Act& act : acts) {
    const auto found = entries.find(act.request_id);
    if (act.acknowledged()) {
      ASSERT_NE(found, entries.end()) << "lost: " << act.method;
      ExpectEffectOf(act, found->second);
      by_subject[act.subject()].emplace_back(found->second.front()->version(), &act);
    } else if (found != entries.end()) {
      // An attempt whose answer was lost may have overtaken, or been overtaken by, what refused
      // the next one; once is enough all the same.
      EXPECT_GT(act.attempts, 1) << "refused, and done: " << act.method << " " << act.refusal;
      EXPECT_EQ(found->second.size(), 1u) << act.method;
    }
  }
  for (auto& [subject, told] : by_subject) ExpectOrdered(std::move(told));
}

}  // namespace comity::integration
