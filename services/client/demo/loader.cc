#include "services/client/demo/loader.h"

#include <map>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "comity/gateway/v1/directory_service.pb.h"
#include "comity/lead/v1/product_service.pb.h"
#include "services/client/api/field_value.h"
#include "services/client/api/request_id.h"
#include "services/client/api/work_queue.h"
#include "services/client/output/format.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using lead::v1::Product;

constexpr char kAnchor[] = "demo-day";  // the day on which the history ends
constexpr char kLoaded[] = "demo-loaded";
constexpr char kDirectory[] = "comity.gateway.v1.DirectoryService/";

class Loader {
 public:
  Loader(Caller& caller, const LoadOptions& options) : caller_(caller), options_(options) {}

  absl::StatusOr<LoadResult> Run() {
    COMITY_ASSIGN_OR_RETURN(const Product marker, FindMarker());
    if (!Cell(marker, absl::StrCat("attributes.", kLoaded)).empty()) return LoadResult{true, 0};
    absl::Time day = options_.now;
    const std::string anchor = Cell(marker, absl::StrCat("attributes.", kAnchor));
    if (!anchor.empty()) {
      COMITY_ASSIGN_OR_RETURN(day, ParseInstant(anchor));
    }
    Company company = MakeCompany({options_.seed, options_.scale, day});
    MarkFirstProduct(company, absl::FormatTime("%Y-%m-%d", day, absl::UTCTimeZone()));
    COMITY_RETURN_IF_ERROR(SendPeople(company));
    for (Phase& phase : company.phases) COMITY_RETURN_IF_ERROR(SendPhase(phase));
    COMITY_RETURN_IF_ERROR(MarkAsLoaded());
    return LoadResult{false, sent_};
  }

 private:
  std::string Source() const { return absl::StrCat("demo-", options_.seed); }
  std::string Id(absl::string_view key) const {
    return RequestIdFor(absl::StrCat(Source(), "|", options_.scale, "|", key));
  }

  // The first product, if an earlier load came that far; else an empty one.
  absl::StatusOr<Product> FindMarker() {
    lead::v1::ListProductsRequest request;
    request.set_filter(
        absl::StrCat("external_id.source = \"", Source(), "\" AND external_id.id = \"product-0\""));
    COMITY_ASSIGN_OR_RETURN(
        const auto found,
        caller_.Ask<lead::v1::ListProductsResponse>(
            StewardOf("departments/sales"), "comity.lead.v1.ProductService/ListProducts", request));
    return found.products_size() == 0 ? Product() : found.products(0);
  }

  static void MarkFirstProduct(Company& company, const std::string& day) {
    auto& first =
        static_cast<lead::v1::CreateProductRequest&>(*company.phases[0].drafts[0].request);
    (*first.mutable_product()->mutable_attributes())[kAnchor] = day;
  }

  absl::Status MarkAsLoaded() {
    COMITY_ASSIGN_OR_RETURN(Product marker, FindMarker());
    lead::v1::UpdateProductRequest request;
    *request.mutable_product() = std::move(marker);
    (*request.mutable_product()->mutable_attributes())[kLoaded] = "yes";
    request.mutable_update_mask()->add_paths("attributes");
    request.set_request_id(Id("loaded"));
    return caller_
        .Ask<Product>(StewardOf("departments/sales"), "comity.lead.v1.ProductService/UpdateProduct",
                      request)
        .status();
  }

  absl::Status SendPeople(const Company& company) {
    int64_t done = 0;
    const auto total = static_cast<int64_t>(company.teams.size() + company.people.size());
    for (const auto& team : company.teams) {
      COMITY_RETURN_IF_ERROR(SendTeam(team));
      Report("people", ++done, total);
    }
    for (const Colleague& colleague : company.people) {
      COMITY_RETURN_IF_ERROR(colleague.known ? UpdateKnown(colleague) : SendNewcomer(colleague));
      Report("people", ++done, total);
    }
    return absl::OkStatus();
  }

  static absl::Status IfNotThere(const absl::Status& status) {
    return status.code() == absl::StatusCode::kAlreadyExists ? absl::OkStatus() : status;
  }

  absl::Status SendTeam(const gateway::v1::Team& team) {
    gateway::v1::CreateTeamRequest request;
    *request.mutable_team() = team;
    request.mutable_team()->clear_name();
    request.set_team_id(team.name().substr(team.name().find('/') + 1));
    request.set_request_id(Id(team.name()));
    return IfNotThere(caller_
                          .Ask<gateway::v1::Team>(StewardOf(team.department()),
                                                  absl::StrCat(kDirectory, "CreateTeam"), request)
                          .status());
  }

  absl::Status UpdateKnown(const Colleague& colleague) {
    gateway::v1::UpdatePersonRequest request;
    *request.mutable_person() = colleague.person;
    for (const char* path : {"team", "office", "manager"}) {
      if (!Cell(colleague.person, path).empty()) request.mutable_update_mask()->add_paths(path);
    }
    request.set_request_id(Id(colleague.person.name()));
    return caller_
        .Ask<gateway::v1::Person>(StewardOf(colleague.department),
                                  absl::StrCat(kDirectory, "UpdatePerson"), request)
        .status();
  }

  absl::Status SendNewcomer(const Colleague& colleague) {
    const Identity steward = StewardOf(colleague.department);
    gateway::v1::CreatePersonRequest request;
    *request.mutable_person() = colleague.person;
    request.mutable_person()->clear_name();
    request.set_person_id(colleague.person.name().substr(colleague.person.name().find('/') + 1));
    request.set_request_id(Id(colleague.person.name()));
    COMITY_RETURN_IF_ERROR(IfNotThere(
        caller_.Ask<gateway::v1::Person>(steward, absl::StrCat(kDirectory, "CreatePerson"), request)
            .status()));
    gateway::v1::SetMembershipRequest membership;
    membership.mutable_membership()->set_person(colleague.person.name());
    membership.mutable_membership()->set_department(colleague.department);
    membership.mutable_membership()->add_roles(type::v1::ROLE_MEMBER);
    membership.set_request_id(Id(absl::StrCat(colleague.person.name(), "/membership")));
    return caller_
        .Ask<gateway::v1::Membership>(steward, absl::StrCat(kDirectory, "SetMembership"),
                                      membership)
        .status();
  }

  // One identity's drafts go in order, the identities side by side.
  absl::Status SendPhase(Phase& phase) {
    std::map<Identity, std::vector<Draft*>> by_identity;
    for (Draft& draft : phase.drafts) by_identity[draft.as].push_back(&draft);
    phase_done_ = 0;
    phase_total_ = static_cast<int64_t>(phase.drafts.size());
    WorkQueue queue(options_.writers);
    for (const auto& [as, drafts] : by_identity) {
      queue.Push([&, as = as, drafts = drafts] { return SendAs(phase, as, drafts); });
    }
    return queue.Wait();
  }

  absl::Status SendAs(const Phase& phase, const Identity& as, const std::vector<Draft*>& drafts) {
    constexpr size_t kPiece = 200;
    for (size_t first = 0; first < drafts.size(); first += kPiece) {
      std::vector<std::unique_ptr<Message>> requests;
      const size_t end = std::min(drafts.size(), first + kPiece);
      for (size_t i = first; i < end; ++i) {
        COMITY_RETURN_IF_ERROR(FillNames(drafts[i]->request.get()));
        COMITY_RETURN_IF_ERROR(
            SetField(drafts[i]->request.get(), "request_id", Id(drafts[i]->key)));
        requests.push_back(std::move(drafts[i]->request));
      }
      COMITY_ASSIGN_OR_RETURN(const auto results, SendBatch(caller_, as, phase.method, requests));
      for (size_t i = first; i < end; ++i) {
        COMITY_RETURN_IF_ERROR(TakeResult(phase, as, *drafts[i], results[i - first]));
      }
      absl::MutexLock lock(&mutex_);
      phase_done_ += static_cast<int64_t>(end - first);
      sent_ += static_cast<int64_t>(end - first);
      Report(phase.label, phase_done_, phase_total_);
    }
    return absl::OkStatus();
  }

  absl::Status TakeResult(const Phase& phase, const Identity& as, const Draft& draft,
                          const ItemResult& result) {
    std::string name;
    if (result.status.ok()) {
      name = Cell(*result.value, "name");
    } else if (result.status.code() == absl::StatusCode::kAlreadyExists) {
      name = ErrorValue(result.status, "name");  // of a load whose replies are no longer kept
    }
    if (name.empty()) {
      return MakeError(result.status.code(), Reason(result.status),
                       absl::StrCat(phase.label, ": ", draft.key, " as ", as.ToText(), ": ",
                                    result.status.message()));
    }
    absl::MutexLock lock(&mutex_);
    names_[draft.key] = name;
    return absl::OkStatus();
  }

  // Puts the name in the place of each `@key`, in every text of the request.
  absl::Status FillNames(Message* message) {
    const google::protobuf::Reflection* reflection = message->GetReflection();
    std::vector<const FieldDescriptor*> fields;
    reflection->ListFields(*message, &fields);
    for (const FieldDescriptor* field : fields) {
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field->is_map()) {
        const int size = field->is_repeated() ? reflection->FieldSize(*message, field) : 1;
        for (int i = 0; i < size; ++i) {
          COMITY_RETURN_IF_ERROR(
              FillNames(field->is_repeated() ? reflection->MutableRepeatedMessage(message, field, i)
                                             : reflection->MutableMessage(message, field)));
        }
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING && !field->is_repeated()) {
        const std::string text = reflection->GetString(*message, field);
        if (!absl::StartsWith(text, "@")) continue;
        absl::MutexLock lock(&mutex_);
        const auto found = names_.find(text.substr(1));
        if (found == names_.end()) return Internal(absl::StrCat("no record ", text, " was made"));
        reflection->SetString(message, field, found->second);
      }
    }
    return absl::OkStatus();
  }

  void Report(const std::string& label, int64_t done, int64_t total) const {
    if (options_.progress) options_.progress(label, done, total);
  }

  Caller& caller_;
  const LoadOptions& options_;
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, std::string> names_ ABSL_GUARDED_BY(mutex_);
  int64_t sent_ = 0;  // these three change under mutex_ while a phase is sent
  int64_t phase_done_ = 0;
  int64_t phase_total_ = 0;
};

}  // namespace

absl::StatusOr<LoadResult> LoadCompany(Caller& caller, const LoadOptions& options) {
  return Loader(caller, options).Run();
}

}  // namespace comity::client
