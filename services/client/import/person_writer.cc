// Rows that are persons. A directory has few, and a manager must be there before those he manages:
// they go one by one.
#include <algorithm>
#include <map>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "comity/gateway/v1/directory_service.pb.h"
#include "services/client/api/request_id.h"
#include "services/client/api/retry.h"
#include "services/client/import/last_said.h"
#include "services/client/import/record_paths.h"
#include "services/client/import/references.h"
#include "services/client/import/waiting_rows.h"
#include "services/client/import/writer.h"
#include "services/client/output/format.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using gateway::v1::Person;
using google::protobuf::Message;

constexpr char kService[] = "comity.gateway.v1.DirectoryService/";

class PersonWriter final : public Writer {
 public:
  explicit PersonWriter(const WriteContext& context)
      : context_(context),
        references_(context),
        waiting_(context.map->collection.plural, context.ledger, context.most_waiting_bytes) {}

  absl::Status Write(std::vector<RowPlan> rows) override {
    absl::MutexLock lock(&mutex_);
    return WriteRows(std::move(rows));
  }

  absl::Status Finish() override {
    return waiting_.Finish(context_.is_interrupted,
                           [this](std::vector<RowPlan> rows) { return Write(std::move(rows)); });
  }

 private:
  absl::Status WriteRows(std::vector<RowPlan> rows) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    for (RowPlan& row : rows) {
      std::vector<RowPlan> one;
      one.push_back(std::move(row));
      const auto resolved = references_.Resolve(context_.map->collection.plural, &one);
      if (!resolved.ok()) {
        std::vector<Work> works(1);
        works[0].plan = std::move(one[0]);
        SettleFailed(context_, works, resolved.status());
        return resolved.status();
      }
      const std::vector<References::Outcome>& outcomes = *resolved;
      if (outcomes[0] == References::Outcome::kWaits) {
        const std::string awaited = references_.Awaited(context_.map->collection.plural, one[0]);
        waiting_.Hold(std::move(one[0]), awaited);
        continue;
      }
      std::vector<Work> works(1);
      works[0].plan = std::move(one[0]);
      works[0].problems = works[0].plan.problems;
      bool joined = false;
      absl::Status status =
          works[0].problems.empty() ? WriteOne(&works[0], &joined) : absl::OkStatus();
      if (!status.ok()) {
        SettleFailed(context_, works, status);
        return status;
      }
      works[0].made = works[0].made || joined;
      Settle(context_, works);
    }
    return absl::OkStatus();
  }

  // An error where the service could not be asked.
  absl::Status WriteOne(Work* work, bool* joined) {
    const absl::StatusOr<bool> more = Write(work);
    if (IsAway(more.status())) return more.status();
    if (!more.ok()) {
      work->problems.push_back(Refusal(work->plan, "", more.status()));
    } else {
      *joined = *more;
    }
    return absl::OkStatus();
  }

  // The membership is set first, once it is known that the profile can be: of a row that is refused
  // neither is changed. Returns whether the person has more roles now.
  absl::StatusOr<bool> Write(Work* work) {
    COMITY_ASSIGN_OR_RETURN(const FoundRecords found,
                            FindRecords(*context_.caller, context_.as, context_.map->collection,
                                        context_.map->source, {work->plan.id}));
    if (!found.refused.empty()) return found.refused.begin()->second;
    const bool is_new = found.records.empty();
    const auto record = is_new ? nullptr : found.records[0].second;
    const LastSaid last = LastSaid::Of(is_new ? *work->plan.record : *record, source());
    if (is_new) {
      last.Keep(&work->plan);
      COMITY_ASSIGN_OR_RETURN(const Person made, Create(work));
      COMITY_ASSIGN_OR_RETURN(const bool joined, Join(made));
      // Roles are remembered once they are given: else a repetition would take them for given.
      work->difference.remembers = KeepAll(LastSaid::Of(*work->plan.record, source()), work);
      if (!context_.map->roles.empty()) COMITY_RETURN_IF_ERROR(Remember(*work, made));
      return joined;
    }
    work->held.record = record;
    if (auto namesake = NamesakeOf(context_, work->plan, *record)) {
      work->problems.push_back(*std::move(namesake));
      return false;
    }
    work->difference = Compare(work->plan, work->held, {context_.map->source, context_.overrule});
    const auto& held = static_cast<const Person&>(*record);
    work->difference.remembers = KeepAll(last, work);
    if (!work->difference.contradictions.empty()) return false;
    const bool joins = MayJoin(last, held, work);
    if (work->difference.changes.empty()) {
      COMITY_ASSIGN_OR_RETURN(const bool joined, joins ? Join(held) : false);
      COMITY_RETURN_IF_ERROR(Remember(*work, held));
      return joined;
    }
    COMITY_RETURN_IF_ERROR(Update(*work, held, /*validate_only=*/true).status());
    COMITY_ASSIGN_OR_RETURN(const bool joined, joins ? Join(held) : false);
    if (context_.dry_run) return joined;
    // The membership has changed the person's etag.
    COMITY_ASSIGN_OR_RETURN(const Person now, Get(held.name()));
    COMITY_RETURN_IF_ERROR(Update(*work, now, /*validate_only=*/false).status());
    return joined;
  }

  // Whose profile says it all is unchanged, also for those who may not change it.
  absl::Status Remember(const Work& work, const Person& held) {
    if (!work.difference.remembers || context_.dry_run) return absl::OkStatus();
    // The membership may have changed the person's etag.
    COMITY_ASSIGN_OR_RETURN(const Person now, Get(held.name()));
    const absl::Status status = Update(work, now, /*validate_only=*/false).status();
    return IsAway(status) ? status : absl::OkStatus();
  }

  absl::StatusOr<Person> Get(const std::string& name) {
    gateway::v1::GetPersonRequest request;
    request.set_name(name);
    return context_.caller->Ask<Person>(context_.as, absl::StrCat(kService, "GetPerson"), request);
  }

  absl::StatusOr<Person> Create(Work* work) {
    std::vector<std::unique_ptr<Message>> requests;
    requests.push_back(
        CreateRequest(context_, context_.map->collection, work->plan.id, *work->plan.record));
    COMITY_ASSIGN_OR_RETURN(
        const auto results,
        SendPatiently(context_, absl::StrCat(kService, "BatchCreatePersons"), requests));
    COMITY_RETURN_IF_ERROR(results[0].status);
    work->made = true;
    const auto& made =
        static_cast<const Person&>(context_.dry_run ? *work->plan.record : *results[0].value);
    references_.Add(context_.map->collection.plural, work->plan.id,
                    context_.dry_run ? kNotStored : made.name(), made.display_name());
    waiting_.Arrive(work->plan.id);
    return made;
  }

  absl::StatusOr<Person> Update(const Work& work, const Person& held, bool validate_only) {
    gateway::v1::UpdatePersonRequest request;
    *request.mutable_person() = held;
    for (const ChangedValue& change : work.difference.changes) {
      CopyPath(*work.plan.record, change.path, request.mutable_person());
      const std::string top = change.path.substr(0, change.path.find('.'));
      const auto& paths = request.update_mask().paths();
      if (std::find(paths.begin(), paths.end(), top) == paths.end()) {
        request.mutable_update_mask()->add_paths(top);
      }
    }
    if (LastSaid::Copy(*work.plan.record, request.mutable_person()) &&
        !absl::c_linear_search(request.update_mask().paths(), "attributes")) {
      request.mutable_update_mask()->add_paths("attributes");
    }
    Stamp(context_, held.etag(), &request);
    request.set_validate_only(validate_only);
    return context_.caller->Ask<Person>(context_.as, absl::StrCat(kService, "UpdatePerson"),
                                        request);
  }

  const std::string& source() const { return context_.map->source; }

  // The roles that the map gives, beside what it says of the profile.
  std::map<std::string, std::string> RolesSaid() const {
    std::vector<std::string> names;
    for (const type::v1::Role role : context_.map->roles) {
      names.push_back(ShortEnum(*type::v1::Role_descriptor()->FindValueByNumber(role)));
    }
    if (names.empty()) return {};
    std::sort(names.begin(), names.end());
    return {{absl::StrCat("roles.", context_.as.department), absl::StrJoin(names, ",")}};
  }

  bool KeepAll(const LastSaid& last, Work* work) const {
    return last.Keep(work->plan.paths, work->plan.record.get(), RolesSaid());
  }

  // A role that an import gave, and that a steward took away since, is not given back as long as
  // the file says what it said.
  bool MayJoin(const LastSaid& last, const Person& held, Work* work) const {
    const auto said = RolesSaid();
    if (said.empty() || context_.overrule) return true;
    const auto& [path, roles] = *said.begin();
    if (!last.Is(path, roles)) return true;
    if (Lacking(held).empty()) return false;
    work->difference.kept.push_back(
        {work->plan.line, "roles", roles, "KEPT",
         "people took some of them away since, and the file says what it said"});
    return false;
  }

  // Roles of the map that the person does not have in the department.
  std::vector<type::v1::Role> Lacking(const Person& person) const {
    std::vector<type::v1::Role> lacking = context_.map->roles;
    for (const auto& membership : person.memberships()) {
      if (membership.department() != context_.as.department) continue;
      std::erase_if(lacking, [&](type::v1::Role role) {
        return absl::c_linear_search(membership.roles(), role);
      });
    }
    return lacking;
  }

  // Gives the roles of the map that the person lacks; takes none away.
  absl::StatusOr<bool> Join(const Person& person) {
    const std::vector<type::v1::Role> lacking = Lacking(person);
    if (lacking.empty()) return false;
    gateway::v1::SetMembershipRequest request;
    auto* wanted = request.mutable_membership();
    for (const auto& membership : person.memberships()) {
      if (membership.department() == context_.as.department) *wanted = membership;
    }
    for (const type::v1::Role role : lacking) wanted->add_roles(role);
    wanted->set_department(context_.as.department);
    wanted->set_person(person.name());
    if (context_.dry_run && person.etag().empty()) return true;  // it would be made
    request.set_validate_only(context_.dry_run);
    request.set_request_id(RandomRequestId());  // the person's etag does not tell memberships apart
    COMITY_RETURN_IF_ERROR(context_.caller
                               ->Ask<gateway::v1::Membership>(
                                   context_.as, absl::StrCat(kService, "SetMembership"), request)
                               .status());
    return true;
  }

  const WriteContext context_;
  References references_;
  absl::Mutex mutex_;
  WaitingRows waiting_;
};

}  // namespace

std::unique_ptr<Writer> MakePersonWriter(const WriteContext& context) {
  return std::make_unique<PersonWriter>(context);
}

}  // namespace comity::client
