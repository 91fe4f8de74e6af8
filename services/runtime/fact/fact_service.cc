#include "services/runtime/fact/fact_service.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/runtime/fact/fact_access.h"
#include "services/runtime/fact/fact_store.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/resource/page_token.h"
#include "services/runtime/resource/references.h"
#include "services/runtime/server/hide.h"
#include "services/runtime/server/validate.h"
#include "services/runtime/status/errors.h"

namespace comity::fact {
namespace {

// What this service knows of the kind of subject; INVALID_ARGUMENT reason OTHER_SERVICES_SUBJECT.
absl::StatusOr<const SubjectFacts*> SubjectOf(const std::vector<SubjectFacts>& subjects,
                                              const std::string& name) {
  const std::string collection = resource::CollectionOf(name);
  for (const SubjectFacts& facts : subjects) {
    if (facts.resource->collection == collection) return &facts;
  }
  return InvalidField(
      "OTHER_SERVICES_SUBJECT", "parent",
      absl::StrCat("this service holds no ", collection, "; ask the one that owns the collection"));
}

// Errors of the existence of the subject.
absl::Status CheckExists(storage::Reader& reader, const SubjectFacts& facts,
                         const std::string& subject) {
  return resource::GetRecord(reader, *facts.resource, subject, facts.make().get()).status();
}

// What is to be done for one request, or why it is not.
absl::Status Prepare(const std::vector<SubjectFacts>& subjects, Call& call,
                     const v1::RecordFactRequest& request, v1::Fact* reply,
                     storage::BatchItem* item) {
  COMITY_ASSIGN_OR_RETURN(const SubjectFacts* const facts, SubjectOf(subjects, request.parent()));
  COMITY_RETURN_IF_ERROR(CheckNewFact(call, *facts, request.fact()));
  COMITY_ASSIGN_OR_RETURN(item->options, storage::OptionsOf(request));
  item->reply = reply;
  item->body = [&call, &request, facts, reply](storage::Transaction& tx) -> absl::Status {
    COMITY_RETURN_IF_ERROR(
        resource::CheckReference(tx, "fact.campaign", request.fact().campaign()));
    COMITY_ASSIGN_OR_RETURN(*reply, Record(tx, call, *facts, request.parent(), request.fact()));
    return absl::OkStatus();
  };
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::Fact> FactService::RecordFact(Call& call, const v1::RecordFactRequest& request) {
  v1::Fact reply;
  storage::BatchItem item;
  COMITY_RETURN_IF_ERROR(Prepare(subjects_, call, request, &reply, &item));
  COMITY_RETURN_IF_ERROR(storage::TransactInto(call, item.options, item.body, &reply));
  return reply;
}

absl::StatusOr<v1::BatchRecordFactsResponse> FactService::BatchRecordFacts(
    Call& call, const v1::BatchRecordFactsRequest& request) {
  v1::BatchRecordFactsResponse response;
  std::vector<storage::BatchItem> items(request.requests_size());
  for (int i = 0; i < request.requests_size(); ++i) {
    v1::Fact* const reply = response.add_results()->mutable_fact();
    items[i].status = server::Validate(request.requests(i));
    if (!items[i].status.ok()) continue;
    items[i].status = Prepare(subjects_, call, request.requests(i), reply, &items[i]);
  }
  storage::TransactEach(call, absl::MakeSpan(items));
  for (int i = 0; i < request.requests_size(); ++i) {
    v1::BatchRecordFactsResult* result = response.mutable_results(i);
    *result->mutable_status() = server::ItemStatusOf(call, items[i].status);
    if (!items[i].status.ok()) result->clear_fact();
  }
  return response;
}

absl::StatusOr<v1::Fact> FactService::VoidFact(Call& call, const v1::VoidFactRequest& request) {
  const std::string subject = resource::SubjectOf(request.name());
  COMITY_ASSIGN_OR_RETURN(const SubjectFacts* const facts, SubjectOf(subjects_, subject));
  // Which kind it is shows only when it was read: who may record nothing here learns nothing.
  if (!call.charter().MayRecordAny(call.principal.department, resource::CollectionOf(subject))) {
    return MayNotRecord(call, resource::CollectionOf(subject), "facts");
  }
  v1::Fact fact;
  fact.set_kind(v1::FACT_KIND_VOIDED);
  fact.set_voids(request.name());
  fact.set_reason(request.reason());
  return storage::Transact<v1::Fact>(
      call, request, [&](storage::Transaction& tx) -> absl::StatusOr<v1::Fact> {
        COMITY_ASSIGN_OR_RETURN(const v1::Fact earlier, fact::GetFact(tx, request.name()));
        COMITY_RETURN_IF_ERROR(
            CheckMayRecord(call, resource::CollectionOf(subject), earlier.kind()));
        return Record(tx, call, *facts, subject, fact);
      });
}

absl::StatusOr<v1::Fact> FactService::GetFact(Call& call, const v1::GetFactRequest& request) {
  COMITY_RETURN_IF_ERROR(SubjectOf(subjects_, resource::SubjectOf(request.name())).status());
  v1::Fact fact;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    COMITY_ASSIGN_OR_RETURN(fact, fact::GetFact(reader, request.name()));
    return absl::OkStatus();
  }));
  return fact;
}

absl::StatusOr<v1::ListFactsResponse> FactService::ListFacts(Call& call,
                                                             const v1::ListFactsRequest& request) {
  COMITY_ASSIGN_OR_RETURN(const SubjectFacts* const facts, SubjectOf(subjects_, request.parent()));
  COMITY_ASSIGN_OR_RETURN(const int size, resource::ReadPageSize(request));
  COMITY_ASSIGN_OR_RETURN(const std::string position, resource::ReadPageToken(call, request));
  int64_t after = 0;
  if (!position.empty() && !absl::SimpleAtoi(position, &after)) return Internal("page position");
  v1::ListFactsResponse response;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    response.Clear();
    COMITY_RETURN_IF_ERROR(CheckExists(reader, *facts, request.parent()));
    COMITY_ASSIGN_OR_RETURN(const std::vector<StoredFact> page,
                            fact::ListFacts(reader, request.parent(), after, size + 1));
    resource::PageRoom room(size);
    int64_t last = 0;
    for (const StoredFact& stored : page) {
      if (!room.Take(stored.fact)) {
        response.set_next_page_token(resource::MakePageToken(call, request, absl::StrCat(last)));
        break;
      }
      *response.add_facts() = stored.fact;
      last = stored.version;
    }
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace comity::fact
