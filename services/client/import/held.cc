#include "services/client/import/held.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "comity/fact/v1/fact_service.pb.h"
#include "comity/judgement/v1/judgement_service.pb.h"
#include "services/client/api/field_value.h"
#include "services/client/api/retry.h"
#include "services/client/output/format.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using google::protobuf::Message;

constexpr size_t kMostAlternatives = 20;  // of a filter
constexpr size_t kMostFilterBytes = 900;
constexpr int kPage = 500;

std::string Quoted(const std::string& text) {
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"\"", "\\\""}}), "\"");
}

// As many of `ids`, from `first`, as one filter holds, at most `most`.
std::string FilterOf(const std::string& source, const std::vector<std::string>& ids, size_t first,
                     size_t most, size_t* count) {
  std::string filter = absl::StrCat("external_id.source = ", Quoted(source), " AND (");
  for (*count = 0; first + *count < ids.size() && *count < most; ++*count) {
    const std::string term =
        absl::StrCat(*count == 0 ? "" : " OR ", "external_id.id = ", Quoted(ids[first + *count]));
    if (*count > 0 && filter.size() + term.size() > kMostFilterBytes) break;
    absl::StrAppend(&filter, term);
  }
  return absl::StrCat(filter, ")");
}

absl::Status FindByName(Caller& caller, const Identity& as, const Collection& collection,
                        const std::string& id, FoundRecords* found) {
  const std::string name = collection.Method("Get");
  COMITY_ASSIGN_OR_RETURN(const auto* method, FindMethod(name));
  const auto request = New(method->input_type());
  const std::string prefix = absl::StrCat(collection.plural, "/");
  COMITY_RETURN_IF_ERROR(
      SetField(request.get(), "name", absl::StrCat(prefix, absl::StripPrefix(id, prefix))));
  std::shared_ptr<Message> reply = New(method->output_type());
  const absl::Status status = caller.Call(as, name, *request, reply.get());
  if (status.code() == absl::StatusCode::kNotFound) return absl::OkStatus();
  COMITY_RETURN_IF_ERROR(status);
  found->records.emplace_back(id, std::move(reply));
  return absl::OkStatus();
}

absl::Status FindByFilter(Caller& caller, const Identity& as, const Collection& collection,
                          const std::string& filter, FoundRecords* found) {
  const auto take = [&](const Message& record) {
    std::shared_ptr<Message> copy(record.New());
    copy->CopyFrom(record);
    found->records.emplace_back(Cell(record, "external_id.id"), std::move(copy));
    return absl::OkStatus();
  };
  return ForEach(caller, as, collection, filter, as.department, take);
}

// Keeps a refusal that is due to one id; other errors are of the call.
absl::Status KeepRefused(const std::string& id, const absl::Status& status, FoundRecords* found) {
  if (!IsRefusedContent(status)) return status;
  found->refused[id] = status;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<fact::v1::Fact>> ReadFacts(Caller& caller, const Identity& as,
                                                      const std::string& subject) {
  std::vector<fact::v1::Fact> facts;
  fact::v1::ListFactsRequest request;
  request.set_parent(subject);
  request.set_page_size(kPage);
  do {
    COMITY_ASSIGN_OR_RETURN(auto page, caller.Ask<fact::v1::ListFactsResponse>(
                                           as, "comity.fact.v1.FactService/ListFacts", request));
    for (auto& fact : *page.mutable_facts()) facts.push_back(std::move(fact));
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return facts;
}

absl::StatusOr<std::vector<judgement::v1::Judgement>> ReadJudgements(
    Caller& caller, const Identity& as, const std::string& subject, const std::string& department) {
  std::vector<judgement::v1::Judgement> judgements;
  judgement::v1::ListJudgementsRequest request;
  request.set_parent(subject);
  request.set_page_size(kPage);
  do {
    COMITY_ASSIGN_OR_RETURN(
        auto page, caller.Ask<judgement::v1::ListJudgementsResponse>(
                       as, "comity.judgement.v1.JudgementService/ListJudgements", request));
    for (auto& judgement : *page.mutable_judgements()) {
      if (judgement.department() == department) judgements.push_back(std::move(judgement));
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return judgements;
}

absl::StatusOr<FoundRecords> FindRecords(Caller& caller, const Identity& as,
                                         const Collection& collection, const std::string& source,
                                         const std::vector<std::string>& ids) {
  FoundRecords found;
  std::vector<std::string> external;
  const std::string prefix = absl::StrCat(collection.plural, "/");
  for (const std::string& id : ids) {
    if (collection.has_chosen_ids() || absl::StartsWith(id, prefix)) {
      COMITY_RETURN_IF_ERROR(
          KeepRefused(id, FindByName(caller, as, collection, id, &found), &found));
    } else {
      external.push_back(id);
    }
  }
  for (size_t first = 0, count = 0; first < external.size(); first += count) {
    const std::string filter = FilterOf(source, external, first, kMostAlternatives, &count);
    const absl::Status status = FindByFilter(caller, as, collection, filter, &found);
    if (!IsRefusedContent(status)) {
      COMITY_RETURN_IF_ERROR(status);
      continue;
    }
    for (size_t i = first, one = 0; i < first + count; ++i) {
      const absl::Status alone =
          FindByFilter(caller, as, collection, FilterOf(source, external, i, 1, &one), &found);
      COMITY_RETURN_IF_ERROR(KeepRefused(external[i], alone, &found));
    }
  }
  return found;
}

absl::Status CheckReadable(Caller& caller, const Identity& as, const Collection& collection) {
  COMITY_ASSIGN_OR_RETURN(const FoundRecords found,
                          FindRecords(caller, as, collection, "-", {"nobody"}));
  return found.refused.empty() ? absl::OkStatus() : found.refused.begin()->second;
}

}  // namespace comity::client
