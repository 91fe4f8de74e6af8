#include "services/runtime/judgement/judgement_service.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/runtime/charter/silence.h"
#include "services/runtime/judgement/judgement_component.h"
#include "services/runtime/judgement/judgement_rules.h"
#include "services/runtime/judgement/judgement_store.h"
#include "services/runtime/judgement/settlement_store.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/resource/page_token.h"
#include "services/runtime/server/hide.h"
#include "services/runtime/server/validate.h"
#include "services/runtime/status/errors.h"

namespace comity::judgement {
namespace {

using fact::SubjectFacts;

// What this service knows of the kind of subject; INVALID_ARGUMENT reason OTHER_SERVICES_SUBJECT.
absl::StatusOr<const SubjectFacts*> SubjectOf(const std::vector<SubjectFacts>& subjects,
                                              const std::string& name) {
  const std::string collection = resource::CollectionOf(name);
  for (const SubjectFacts& subject : subjects) {
    if (subject.resource->collection == collection) return &subject;
  }
  return InvalidField(
      "OTHER_SERVICES_SUBJECT", "subject",
      absl::StrCat("this service holds no ", collection, "; ask the one that owns the collection"));
}

// What is to be done for one request, or why it is not.
absl::Status Prepare(const std::vector<SubjectFacts>& subjects, Call& call,
                     const v1::JudgeRequest& request, v1::Judgement* reply,
                     storage::BatchItem* item) {
  const v1::Judgement& judgement = request.judgement();
  if (judgement.subject().empty()) {
    return InvalidField("FIELD_REQUIRED", "judgement.subject", "this field must be set");
  }
  COMITY_ASSIGN_OR_RETURN(const SubjectFacts* const subject,
                          SubjectOf(subjects, judgement.subject()));
  COMITY_RETURN_IF_ERROR(
      CheckJudgement(call.charter(), judgement, call.principal.department, call.now));
  COMITY_ASSIGN_OR_RETURN(item->options, storage::OptionsOf(request));
  item->reply = reply;
  item->body = [&call, &judgement, subject, reply](storage::Transaction& tx) -> absl::Status {
    COMITY_ASSIGN_OR_RETURN(auto open,
                            fact::OpenSubject::Lock(tx, call, *subject, judgement.subject()));
    COMITY_ASSIGN_OR_RETURN(*reply, RecordJudgement(open, judgement));
    return open.Close();
  };
  return absl::OkStatus();
}

absl::Status CheckExists(storage::Reader& reader, const SubjectFacts& subject,
                         const std::string& name) {
  return resource::GetRecord(reader, *subject.resource, name, subject.make().get()).status();
}

// The questions that GetStanding shows: one by name, or all about the subject's collection.
absl::StatusOr<std::vector<const type::v1::Question*>> QuestionsFor(
    const charter::Charter& charter, const v1::GetStandingRequest& request) {
  const std::string collection = resource::CollectionOf(request.subject());
  if (request.question().empty()) return charter.QuestionsAbout(collection);
  const type::v1::Question* question = charter.FindQuestion(request.question());
  if (question == nullptr || question->collection() != collection) {
    return InvalidField("UNKNOWN_QUESTION", "question",
                        absl::StrCat("the charter has no such question about ", collection));
  }
  return std::vector<const type::v1::Question*>{question};
}

// What was journaled of it, and by which revision that is explained.
void AddSettlement(const std::vector<type::v1::SettledAnswer>& settled, int revision,
                   v1::Standing* standing) {
  standing->set_explanation(
      absl::StrCat(standing->explanation(), " By revision ", revision, " of the charter."));
  for (const type::v1::SettledAnswer& one : settled) {
    // Of a row without a revision only the term is known: nothing was settled yet.
    const bool journaled = one.charter_revision() != 0;
    if (journaled && one.question() == standing->question()) {
      *standing->mutable_settlement() = one;
    }
  }
}

bool IsOfAll(const std::string& parent) {
  return parent == absl::StrCat(resource::CollectionOf(parent), "/-");
}

// A page's position: due time, subject and question of its last entry.
std::string PositionOf(const Awaited& awaited) {
  return absl::StrCat(absl::ToUnixMicros(awaited.due), " ", awaited.subject, " ", awaited.question);
}

absl::StatusOr<AwaitedAfter> ReadPosition(const std::string& position) {
  AwaitedAfter after;
  if (position.empty()) return after;
  const std::vector<std::string> parts = absl::StrSplit(position, ' ');
  if (parts.size() != 3 || !absl::SimpleAtoi(parts[0], &after.due)) {
    return Internal("page position");
  }
  COMITY_ASSIGN_OR_RETURN(after.subject_id,
                          resource::IdOf(parts[1], resource::CollectionOf(parts[1])));
  after.question = parts[2];
  return after;
}

v1::AwaitedJudgement ToMessage(const Awaited& awaited) {
  v1::AwaitedJudgement message;
  message.set_subject(awaited.subject);
  message.set_question(awaited.question);
  *message.mutable_deliver_time() = resource::FromTime(awaited.delivered);
  *message.mutable_due_time() = resource::FromTime(awaited.due);
  return message;
}

}  // namespace

absl::StatusOr<v1::Judgement> JudgementService::Judge(Call& call, const v1::JudgeRequest& request) {
  v1::Judgement reply;
  storage::BatchItem item;
  COMITY_RETURN_IF_ERROR(Prepare(subjects_, call, request, &reply, &item));
  COMITY_RETURN_IF_ERROR(storage::TransactInto(call, item.options, item.body, &reply));
  return reply;
}

absl::StatusOr<v1::BatchJudgeResponse> JudgementService::BatchJudge(
    Call& call, const v1::BatchJudgeRequest& request) {
  v1::BatchJudgeResponse response;
  std::vector<storage::BatchItem> items(request.requests_size());
  for (int i = 0; i < request.requests_size(); ++i) {
    v1::Judgement* const reply = response.add_results()->mutable_judgement();
    items[i].status = server::Validate(request.requests(i));
    if (!items[i].status.ok()) continue;
    items[i].status = Prepare(subjects_, call, request.requests(i), reply, &items[i]);
  }
  storage::TransactEach(call, absl::MakeSpan(items));
  for (int i = 0; i < request.requests_size(); ++i) {
    v1::BatchJudgeResult* result = response.mutable_results(i);
    *result->mutable_status() = server::ItemStatusOf(call, items[i].status);
    if (!items[i].status.ok()) result->clear_judgement();
  }
  return response;
}

absl::StatusOr<v1::Judgement> JudgementService::Withdraw(Call& call,
                                                         const v1::WithdrawRequest& request) {
  COMITY_ASSIGN_OR_RETURN(const SubjectFacts* const subject,
                          SubjectOf(subjects_, resource::SubjectOf(request.name())));
  COMITY_RETURN_IF_ERROR(
      CheckHasVoice(call.charter(), subject->resource->collection, call.principal.department));
  return storage::Transact<v1::Judgement>(
      call, request, [&](storage::Transaction& tx) -> absl::StatusOr<v1::Judgement> {
        COMITY_ASSIGN_OR_RETURN(
            auto open,
            fact::OpenSubject::Lock(tx, call, *subject, resource::SubjectOf(request.name())));
        COMITY_ASSIGN_OR_RETURN(v1::Judgement withdrawal,
                                RecordWithdrawal(open, request.name(), request.reason()));
        COMITY_RETURN_IF_ERROR(open.Close());
        return withdrawal;
      });
}

absl::StatusOr<v1::GetStandingResponse> JudgementService::GetStanding(
    Call& call, const v1::GetStandingRequest& request) {
  COMITY_ASSIGN_OR_RETURN(const SubjectFacts* const subject,
                          SubjectOf(subjects_, request.subject()));
  const std::string lens = request.lens().empty() ? call.principal.department : request.lens();
  const charter::Charter& charter = call.charter();
  COMITY_RETURN_IF_ERROR(charter.CheckLens(lens));
  COMITY_ASSIGN_OR_RETURN(const auto questions, QuestionsFor(charter, request));
  v1::GetStandingResponse response;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    response.Clear();
    COMITY_RETURN_IF_ERROR(CheckExists(reader, *subject, request.subject()));
    COMITY_ASSIGN_OR_RETURN(const auto judgements,
                            ReadStandingJudgements(reader, request.subject()));
    COMITY_ASSIGN_OR_RETURN(const auto facts, fact::DecidingFacts(reader, request.subject()));
    COMITY_ASSIGN_OR_RETURN(const auto rows, ReadStanding(reader, request.subject()));
    COMITY_ASSIGN_OR_RETURN(const auto settled, ReadSettlements(reader, request.subject()));
    for (const type::v1::Question* question : questions) {
      const Held held = {AnswersTo(question->name(), rows), facts,
                         charter::SilenceAt(*call.runtime->charters, question->name(), call.now)};
      *response.add_standings() = StandingOf(*question, lens, judgements, held);
      AddSettlement(settled, charter.revision(),
                    response.mutable_standings(response.standings_size() - 1));
    }
    return absl::OkStatus();
  }));
  response.set_charter_revision(charter.revision());
  response.set_provisional(charter.provisional());
  return response;
}

absl::StatusOr<v1::ListJudgementsResponse> JudgementService::ListJudgements(
    Call& call, const v1::ListJudgementsRequest& request) {
  COMITY_ASSIGN_OR_RETURN(const SubjectFacts* const subject,
                          SubjectOf(subjects_, request.parent()));
  COMITY_ASSIGN_OR_RETURN(const int size, resource::ReadPageSize(request));
  COMITY_ASSIGN_OR_RETURN(const std::string position, resource::ReadPageToken(call, request));
  int64_t after = 0;
  if (!position.empty() && !absl::SimpleAtoi(position, &after)) return Internal("page position");
  v1::ListJudgementsResponse response;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    response.Clear();
    COMITY_RETURN_IF_ERROR(CheckExists(reader, *subject, request.parent()));
    COMITY_ASSIGN_OR_RETURN(auto page,
                            judgement::ListJudgements(reader, request.parent(), after, size + 1));
    resource::PageRoom room(size);
    int64_t last = 0;
    for (v1::Judgement& judgement : page) {
      if (!room.Take(judgement)) {
        response.set_next_page_token(resource::MakePageToken(call, request, absl::StrCat(last)));
        break;
      }
      last = judgement.subject_version();
      *response.add_judgements() = std::move(judgement);
    }
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::ListAwaitedJudgementsResponse> JudgementService::ListAwaitedJudgements(
    Call& call, const v1::ListAwaitedJudgementsRequest& request) {
  COMITY_ASSIGN_OR_RETURN(const SubjectFacts* const subject,
                          SubjectOf(subjects_, request.parent()));
  COMITY_ASSIGN_OR_RETURN(const size_t size, resource::ReadPageSize(request));
  COMITY_ASSIGN_OR_RETURN(const std::string token, resource::ReadPageToken(call, request));
  COMITY_ASSIGN_OR_RETURN(const AwaitedAfter after, ReadPosition(token));
  const std::string& department = call.principal.department;
  std::vector<Awaited> page;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    if (IsOfAll(request.parent())) {
      COMITY_ASSIGN_OR_RETURN(page, ListAwaited(reader, department, subject->resource->collection,
                                                after, static_cast<int>(size) + 1));
      return absl::OkStatus();
    }
    COMITY_RETURN_IF_ERROR(CheckExists(reader, *subject, request.parent()));
    COMITY_ASSIGN_OR_RETURN(page, ListAwaitedAbout(reader, department, request.parent()));
    return absl::OkStatus();
  }));
  v1::ListAwaitedJudgementsResponse response;
  if (page.size() > size && IsOfAll(request.parent())) {
    page.resize(size);
    response.set_next_page_token(resource::MakePageToken(call, request, PositionOf(page.back())));
  }
  for (const Awaited& awaited : page) {
    // A question that the charter has dropped needs no answer.
    if (call.charter().FindQuestion(awaited.question) == nullptr) continue;
    *response.add_awaited() = ToMessage(awaited);
  }
  return response;
}

}  // namespace comity::judgement
