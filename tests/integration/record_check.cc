#include "tests/integration/record_check.h"

#include <map>
#include <memory>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "comity/fact/v1/fact_service.pb.h"
#include "comity/journal/v1/journal_service.pb.h"
#include "comity/judgement/v1/judgement_service.pb.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "services/client/api/schema.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/storage/personal.h"
#include "tests/integration/in_parallel.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

using google::protobuf::util::MessageDifferencer;
using journal::v1::PositionedEntry;

constexpr char kReader[] = "max@management";  // may read everything

// A subject with all that is known of it.
struct Story {
  std::string subject;
  std::vector<const PositionedEntry*> entries;  // of its journal, in order of position
  std::vector<const Act*> acts;                 // acknowledged
};

// What was asked, by request id.
using Requests = absl::flat_hash_map<std::string, MessagePtr>;

// Asks for all pages of a list, and returns its items as one message.
template <typename Reply>
Reply AskAll(const std::string& method, const std::string& key, const std::string& name) {
  Reply all;
  std::string token;
  do {
    const auto page = Ask(kReader, method,
                          absl::StrCat(R"({")", key, R"(": ")", name, R"(", "pageSize": 200, )",
                                       R"("pageToken": ")", token, R"("})"));
    EXPECT_TRUE(page.ok()) << method << " of " << name << ": " << page.status();
    if (!page.ok()) break;
    token = TextAt(**page, "next_page_token");
    all.MergeFrom(static_cast<const Reply&>(**page));
  } while (!token.empty());
  return all;
}

void ExpectEqual(const Message& actual, const Message& expected, const std::string& what) {
  std::string difference;
  MessageDifferencer differencer;
  differencer.ReportDifferencesToString(&difference);
  EXPECT_TRUE(differencer.Compare(actual, expected)) << what << ": " << difference;
}

// The record after the subject's last entry that says it; null when none can be read.
std::unique_ptr<Message> LastSaid(const Story& story, const Message& kind) {
  for (auto entry = story.entries.rbegin(); entry != story.entries.rend(); ++entry) {
    std::unique_ptr<Message> record(kind.New());
    for (const google::protobuf::Any* said :
         {&(*entry)->entry().record(), &(*entry)->entry().payload()}) {
      if (said->type_url().ends_with("/" + kind.GetTypeName()) && said->UnpackTo(record.get())) {
        return record;
      }
    }
  }
  return nullptr;
}

void ExpectRecord(const Story& story, const Message& record) {
  const auto said = LastSaid(story, record);
  ASSERT_NE(said, nullptr) << story.subject;
  const std::unique_ptr<Message> shown(record.New());
  shown->CopyFrom(record);
  ASSERT_TRUE(storage::ClearPersonal(shown.get()).ok());
  for (const char* of_reads : {"lens_answers", "open_disputes"}) {
    const auto* field = shown->GetDescriptor()->FindFieldByName(of_reads);
    if (field != nullptr) shown->GetReflection()->ClearField(shown.get(), field);
  }
  ExpectEqual(*shown, *said, story.subject);
}

// The fields that were edited hold what the edit with the highest version said.
void ExpectLastEdits(const Story& story, const Requests& requests, const Message& record) {
  std::map<std::string, std::string> values;
  const std::string singular =
      client::FindCollection(resource::CollectionOf(story.subject))->singular;
  for (const PositionedEntry* entry : story.entries) {
    const auto request = requests.find(entry->entry().request_id());
    if (entry->entry().type() != "updated" || request == requests.end()) continue;
    const Message& update = *request->second;
    const auto* mask = update.GetDescriptor()->FindFieldByName("update_mask");
    const std::string& field = static_cast<const google::protobuf::FieldMask&>(
                                   update.GetReflection()->GetMessage(update, mask))
                                   .paths(0);
    values[field] = TextAt(update, singular + "." + field);
  }
  for (const auto& [field, value] : values) {
    EXPECT_EQ(TextAt(record, field), value) << field << " of " << story.subject;
  }
}

void ExpectHistory(const Story& story) {
  const auto history = AskAll<journal::v1::ListHistoryResponse>("JournalService/ListHistory",
                                                                "subject", story.subject);
  ASSERT_EQ(history.entries_size(), static_cast<int>(story.entries.size())) << story.subject;
  for (int i = 0; i < history.entries_size(); ++i) {
    ExpectEqual(history.entries(i), *story.entries[i], "history of " + story.subject);
  }
}

void ExpectFacts(const Story& story) {
  const auto listed =
      AskAll<fact::v1::ListFactsResponse>("FactService/ListFacts", "parent", story.subject);
  std::map<std::string, const fact::v1::Fact*> facts;
  for (const auto& fact : listed.facts()) facts[fact.name()] = &fact;
  for (const Act* act : story.acts) {
    const auto* told = dynamic_cast<const fact::v1::Fact*>(act->reply.get());
    if (told == nullptr) continue;
    ASSERT_TRUE(facts.contains(told->name())) << "lost: " << told->ShortDebugString();
    fact::v1::Fact fact = *facts[told->name()];
    fact.clear_superseded_by();
    ExpectEqual(fact, *told, told->name());
  }
}

void ExpectJudgements(const Story& story) {
  const auto listed = AskAll<judgement::v1::ListJudgementsResponse>(
      "JudgementService/ListJudgements", "parent", story.subject);
  std::map<std::string, const judgement::v1::Judgement*> judgements;
  for (const auto& judgement : listed.judgements()) judgements[judgement.name()] = &judgement;
  for (const Act* act : story.acts) {
    const auto* told = dynamic_cast<const judgement::v1::Judgement*>(act->reply.get());
    if (told == nullptr) continue;
    ASSERT_TRUE(judgements.contains(told->name())) << "lost: " << told->ShortDebugString();
    ExpectEqual(*judgements[told->name()], *told, told->name());
  }
}

// Question and department → the answer that stands, by the journal.
std::map<std::pair<std::string, std::string>, std::string> StandingByJournal(const Story& story) {
  std::map<std::pair<std::string, std::string>, std::string> standing;
  for (const PositionedEntry* entry : story.entries) {
    judgement::v1::Judgement judgement;
    if (!entry->entry().payload().UnpackTo(&judgement)) continue;
    const std::pair key(judgement.question(), judgement.department());
    if (judgement.answer().empty()) {
      standing.erase(key);
    } else {
      standing[key] = judgement.answer();
    }
  }
  return standing;
}

void ExpectStanding(const Story& story) {
  const auto reply = Ask(kReader, "JudgementService/GetStanding",
                         absl::StrCat(R"({"subject": ")", story.subject, R"("})"));
  ASSERT_TRUE(reply.ok()) << reply.status();
  std::map<std::pair<std::string, std::string>, std::string> shown;
  for (const auto& standing :
       static_cast<const judgement::v1::GetStandingResponse&>(**reply).standings()) {
    for (const auto& judgement : standing.judgements()) {
      if (judgement.answer().empty()) continue;
      shown[{judgement.question(), judgement.department()}] = judgement.answer();
    }
  }
  EXPECT_EQ(shown, StandingByJournal(story)) << story.subject;
}

void ExpectStory(const Story& story, const Requests& requests) {
  const auto record = GetRecord(kReader, story.subject);
  ASSERT_TRUE(record.ok()) << "lost: " << story.subject << " " << record.status();
  ExpectRecord(story, **record);
  ExpectLastEdits(story, requests, **record);
  ExpectHistory(story);
  if (absl::StartsWith(story.subject, "persons/")) return;
  ExpectFacts(story);
  ExpectJudgements(story);
  ExpectStanding(story);
}

// The stories of the subjects that `acts` created.
std::vector<Story> Stories(const std::vector<Act>& acts, const Journals& journals) {
  std::map<std::string, Story> by_subject;
  for (const Act& act : acts) {
    if (!act.acknowledged()) continue;
    Story& story = by_subject[act.subject()];
    story.subject = act.subject();
    story.acts.push_back(&act);
  }
  for (const auto& [service, journal] : journals) {
    for (const PositionedEntry& entry : journal) {
      const auto story = by_subject.find(entry.entry().subject());
      if (story != by_subject.end()) story->second.entries.push_back(&entry);
    }
  }
  std::vector<Story> stories;
  for (auto& [subject, story] : by_subject) stories.push_back(std::move(story));
  return stories;
}

}  // namespace

void ExpectReadable(const std::vector<Act>& acts, const Journals& journals) {
  Requests requests;
  for (const Act& act : acts) requests[act.request_id] = act.request;
  InParallel(Stories(acts, journals), [&](const Story& story) { ExpectStory(story, requests); });
}

void ExpectSameAnswersAgain(const std::vector<Act>& acts) {
  InParallel(acts, [](const Act& act) {
    if (!act.acknowledged()) return;
    const auto again = Ask(act.as, act.method, *act.request);
    ASSERT_TRUE(again.ok()) << act.method << " " << again.status();
    ExpectEqual(**again, *act.reply, act.method);
  });
}

}  // namespace comity::integration
