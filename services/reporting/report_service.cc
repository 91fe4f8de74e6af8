#include "services/reporting/report_service.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/util/time_util.h"
#include "services/reporting/case_flow_rules.h"
#include "services/reporting/charter_preview_rules.h"
#include "services/reporting/definition_origin.h"
#include "services/reporting/known_values.h"
#include "services/reporting/report_rules.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/resource/page_token.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"
#include "services/runtime/storage/transact.h"

namespace comity::reporting {
namespace {

using google::protobuf::util::TimeUtil;

constexpr Keeping kReports = {.values = 256, .bytes = 16 << 20};  // of each metric

size_t BytesOf(const google::protobuf::Message& report) { return report.SpaceUsedLong(); }

Moment MomentOf(const v1::ReportQuery& query) {
  Moment moment{query.as_of(), kNever};
  if (!query.has_occurred_before()) return moment;
  // What occurred in the same microsecond, but before the instant, is in.
  const bool is_finer = query.occurred_before().nanos() % 1000 != 0;
  moment.occurred_before =
      TimeUtil::TimestampToMicroseconds(query.occurred_before()) + (is_finer ? 1 : 0);
  return moment;
}

using Revisions = std::vector<const charter::Revision*>;

// How a revision came about, and the definition that is reported by (`origins`: OriginsOf). All but
// the starting charter were signed.
std::string AgreementOf(const charter::Book& book, const charter::Revision& revision,
                        const Revisions& origins) {
  if (revision.charter.revision() == book.revisions().front()->charter.revision()) {
    return absl::StrCat("signed by 0 of ", revision.charter.document().departments_size(),
                        " departments");
  }
  std::string agreement = revision.over_objection_of.empty()
                              ? "signed by all departments that it touches"
                              : absl::StrCat("enacted over the objection of ",
                                             absl::StrJoin(revision.over_objection_of, ", "));
  for (const charter::Revision* origin : origins) {
    const bool is_itself = origin->charter.revision() == revision.charter.revision();
    if (is_itself || origin->over_objection_of.empty()) continue;
    absl::StrAppend(&agreement, "; revision ", origin->charter.revision(),
                    ", by which the definition says so, over the objection of ",
                    absl::StrJoin(origin->over_objection_of, ", "));
  }
  return agreement;
}

// Who objected to the revision, or to the definition as it stands.
std::vector<std::string> ObjectorsTo(const charter::Revision& revision, const Revisions& origins) {
  std::vector<std::string> objectors = revision.over_objection_of;
  for (const charter::Revision* origin : origins) {
    for (const std::string& department : origin->over_objection_of) {
      const bool is_named =
          std::find(objectors.begin(), objectors.end(), department) != objectors.end();
      if (!is_named) objectors.push_back(department);
    }
  }
  return objectors;
}

// Without what changes while the record stays the same: see FillFreshness.
v1::ReportBasis BasisOf(absl::string_view metric, const State& state) {
  const charter::Revision& revision = *state.book().Find(state.revision());
  const charter::Charter& charter = revision.charter;
  v1::ReportBasis basis;
  basis.set_metric(std::string(metric));
  for (const auto& definition : charter.document().metrics()) {
    if (definition.name() == metric) basis.set_definition(definition.text());
  }
  basis.set_charter_revision(charter.revision());
  basis.set_provisional(charter.provisional());
  const Revisions origins = OriginsOf(state.book().revisions(), revision, metric);
  basis.set_agreement(AgreementOf(state.book(), revision, origins));
  const std::vector<std::string> objectors = ObjectorsTo(revision, origins);
  *basis.mutable_over_objection_of() = {objectors.begin(), objectors.end()};
  basis.set_as_of(state.number());
  for (const SourceState& source : state.sources()) {
    auto* position = basis.add_sources();
    position->set_service(source.source);
    position->set_position(source.position);
    if (source.newest_time != kNever) {
      *position->mutable_complete_time() = TimeUtil::MicrosecondsToTimestamp(source.newest_time);
    }
  }
  return basis;
}

// A report of the present is kept under the intake that was the last when it was asked for; it may
// be newer than that, so that a report as of that intake has a key of its own.
std::string KeyOf(const Head& head, const v1::ReportQuery& canonical) {
  return absl::StrCat(head.generation, canonical.as_of() == 0 ? "+" : "@",
                      canonical.as_of() == 0 ? head.number : canonical.as_of(), "|",
                      canonical.SerializeAsString());
}

// Whether all values that the query names are known.
absl::Status CheckValues(Call& call, const v1::ReportQuery& canonical,
                         const std::vector<std::string>& keys, Ledger* ledger) {
  if (canonical.filters().empty() && keys.empty()) return absl::OkStatus();
  const auto directory = call.runtime->directory->snapshot();
  return ledger->Read(call, Moment(), [&](const State& present) -> absl::Status {
    const Known known = {&present, directory.get()};
    COMITY_RETURN_IF_ERROR(CheckFilters(known, canonical));
    return CheckKeys(known, canonical, keys);
  });
}

// A report that is asked for.
template <typename Report>
struct Asked {
  absl::string_view metric;
  v1::ReportQuery canonical;
  std::string more;  // of the request, beside the query
  std::function<absl::StatusOr<Report>(const State&)> compute;
};

template <typename Report>
absl::StatusOr<Report> GetReport(Call& call, const Asked<Report>& asked,
                                 const ReportSources& sources, SingleFlight<Report>* kept) {
  Ledger* const ledger = sources.ledger;
  const v1::ReportQuery& canonical = asked.canonical;
  COMITY_RETURN_IF_ERROR(CheckValues(call, canonical, {}, ledger));
  const auto make = [&]() -> absl::StatusOr<std::shared_ptr<const Report>> {
    auto report = std::make_shared<Report>();
    const auto read = [&](const State& state) -> absl::Status {
      COMITY_ASSIGN_OR_RETURN(*report, asked.compute(state));
      *report->mutable_basis() = BasisOf(asked.metric, state);
      return absl::OkStatus();
    };
    COMITY_RETURN_IF_ERROR(ledger->Read(call, MomentOf(canonical), read));
    return std::shared_ptr<const Report>(std::move(report));
  };
  COMITY_ASSIGN_OR_RETURN(const Head head, ledger->Newest(call.now, call.deadline));
  const std::string key = absl::StrCat(KeyOf(head, canonical), "|", asked.more);
  // Each waits for the past as long as he can; the report itself is then made at once, for all.
  const auto nothing = [](const State&) { return absl::OkStatus(); };
  if (!kept->Has(key)) {
    COMITY_RETURN_IF_ERROR(ledger->Read(call, MomentOf(canonical), nothing));
  }
  // What was seen before the state is read is not newer than it.
  const std::vector<SourceProgress> progress = sources.progress();
  COMITY_ASSIGN_OR_RETURN(const std::shared_ptr<const Report> found,
                          kept->Get(key, call.deadline, make));
  Report report = *found;
  FillFreshness(progress, report.mutable_basis());
  return report;
}

// Where a drill-down goes on: the as-of position of its first page, and the last opportunity.
struct PagePlace {
  int64_t as_of = 0;
  std::string after;
};

template <typename Request>
absl::StatusOr<PagePlace> ReadPlace(const Call& call, const Request& request) {
  COMITY_ASSIGN_OR_RETURN(const std::string position, resource::ReadPageToken(call, request));
  PagePlace place{request.query().as_of(), ""};
  if (position.empty()) return place;
  const size_t colon = position.find(':');
  if (colon == std::string::npos || !absl::SimpleAtoi(position.substr(0, colon), &place.as_of)) {
    return InvalidField("PAGE_TOKEN_INVALID", "page_token", "not a token of this method");
  }
  place.after = position.substr(colon + 1);
  return place;
}

template <typename Request>
std::string NextPage(const Call& call, const Request& request, const v1::ReportBasis& basis,
                     const std::string& last, Ledger* ledger) {
  if (!request.query().has_occurred_before()) ledger->Keep(basis.as_of());
  return resource::MakePageToken(call, request, absl::StrCat(basis.as_of(), ":", last));
}

template <typename Request>
absl::StatusOr<std::vector<std::string>> ReadKeys(const Request& request,
                                                  const v1::ReportQuery& canonical) {
  if (request.keys_size() > 0 && request.keys_size() != canonical.group_by_size()) {
    return InvalidField("KEYS_INVALID", "keys", "one key per dimension of group_by, or none");
  }
  return std::vector<std::string>(request.keys().begin(), request.keys().end());
}

absl::StatusOr<CasesQuery> ReadCasesQuery(const v1::ListCaseFlowCasesRequest& request) {
  CasesQuery query;
  COMITY_ASSIGN_OR_RETURN(query.query, CanonicalOfCases(request.query()));
  COMITY_ASSIGN_OR_RETURN(query.keys, ReadKeys(request, query.query));
  COMITY_ASSIGN_OR_RETURN(const int page_size, resource::ReadPageSize(request));
  query.limit = static_cast<size_t>(page_size);
  query.holder = request.holder();
  query.part = request.part();
  return query;
}

absl::StatusOr<RowsQuery> ReadRowsQuery(const v1::ListReportRowsRequest& request) {
  RowsQuery query;
  COMITY_ASSIGN_OR_RETURN(query.metric, MetricOf(request.metric()));
  COMITY_ASSIGN_OR_RETURN(query.query, Canonical(request.query()));
  if (query.query.lenses_size() != 1) {
    return InvalidField("ONE_LENS_NEEDED", "query.lenses", "name the one lens of the number");
  }
  COMITY_ASSIGN_OR_RETURN(query.keys, ReadKeys(request, query.query));
  COMITY_ASSIGN_OR_RETURN(const int page_size, resource::ReadPageSize(request));
  query.limit = static_cast<size_t>(page_size);
  return query;
}

// Whether `proposed` changes the charter by which the state is read.
absl::Status CheckFollows(const charter::Charter& proposed, const State& state) {
  if (proposed.revision() == state.revision() + 1) return absl::OkStatus();
  return PreconditionFailed(
      "BASE_NOT_IN_FORCE", absl::StrCat("charterRevisions/", proposed.revision() - 1),
      absl::StrCat("as of ", state.number(), " revision ", state.revision(), " is in force"));
}

// The money in dispute is for whoever may read what it is about.
template <typename Report>
Report ShownTo(const Call& call, Report report) {
  if (call.principal.HasRole(type::v1::ROLE_AUDITOR) ||
      call.charter().MayRead(call.principal.department, "opportunities")) {
    return report;
  }
  for (auto& row : *report.mutable_rows()) {
    for (auto& cell : *row.mutable_cells()) cell.clear_disputed_amounts();
  }
  for (auto& cell : *report.mutable_total()->mutable_cells()) cell.clear_disputed_amounts();
  return report;
}

}  // namespace

ReportService::ReportService(server::Edge* edge, ReportSources sources)
    : edge_(edge),
      sources_(std::move(sources)),
      ledger_(sources_.ledger),
      win_rates_(kReports, BytesOf),
      pipelines_(kReports, BytesOf),
      case_flows_(kReports, BytesOf) {}

absl::StatusOr<v1::WinRateReport> ReportService::GetWinRate(Call& call,
                                                            const v1::GetWinRateRequest& request) {
  COMITY_ASSIGN_OR_RETURN(const v1::ReportQuery query, Canonical(request.query()));
  const Asked<v1::WinRateReport> asked = {
      MetricName(Metric::kWinRate), query, "",
      [&](const State& state) { return ComputeWinRate(state, query); }};
  COMITY_ASSIGN_OR_RETURN(auto report, GetReport(call, asked, sources_, &win_rates_));
  return ShownTo(call, std::move(report));
}

absl::StatusOr<v1::PipelineReport> ReportService::GetPipeline(
    Call& call, const v1::GetPipelineRequest& request) {
  COMITY_ASSIGN_OR_RETURN(const v1::ReportQuery query, Canonical(request.query()));
  const Asked<v1::PipelineReport> asked = {
      MetricName(Metric::kPipeline), query, "",
      [&](const State& state) { return ComputePipeline(state, query); }};
  COMITY_ASSIGN_OR_RETURN(auto report, GetReport(call, asked, sources_, &pipelines_));
  return ShownTo(call, std::move(report));
}

absl::StatusOr<v1::CaseFlowReport> ReportService::GetCaseFlow(
    Call& call, const v1::GetCaseFlowRequest& request) {
  COMITY_ASSIGN_OR_RETURN(const v1::ReportQuery query, CanonicalOfCases(request.query()));
  const Asked<v1::CaseFlowReport> asked = {
      kCaseFlowMetric, query, absl::StrCat(request.holder()),
      [&](const State& state) { return ComputeCaseFlow(state, query, request.holder()); }};
  return GetReport(call, asked, sources_, &case_flows_);
}

absl::StatusOr<v1::ListCaseFlowCasesResponse> ReportService::ListCaseFlowCases(
    Call& call, const v1::ListCaseFlowCasesRequest& request) {
  COMITY_ASSIGN_OR_RETURN(CasesQuery query, ReadCasesQuery(request));
  COMITY_RETURN_IF_ERROR(CheckValues(call, query.query, query.keys, ledger_));
  COMITY_ASSIGN_OR_RETURN(PagePlace place, ReadPlace(call, request));
  query.query.set_as_of(place.as_of);
  query.after = place.after;
  const std::vector<SourceProgress> progress = sources_.progress();
  v1::ListCaseFlowCasesResponse response;
  CasesPage page;
  COMITY_RETURN_IF_ERROR(ledger_->Read(call, MomentOf(query.query), [&](const State& state) {
    page = ComputeCases(state, query);
    *response.mutable_basis() = BasisOf(kCaseFlowMetric, state);
    return absl::OkStatus();
  }));
  FillFreshness(progress, response.mutable_basis());
  response.mutable_cases()->Assign(page.cases.begin(), page.cases.end());
  if (page.more)
    response.set_next_page_token(NextPage(call, request, response.basis(), page.last, ledger_));
  return response;
}

absl::StatusOr<v1::ListReportRowsResponse> ReportService::ListReportRows(
    Call& call, const v1::ListReportRowsRequest& request) {
  COMITY_ASSIGN_OR_RETURN(RowsQuery query, ReadRowsQuery(request));
  COMITY_RETURN_IF_ERROR(CheckValues(call, query.query, query.keys, ledger_));
  COMITY_ASSIGN_OR_RETURN(PagePlace place, ReadPlace(call, request));
  query.query.set_as_of(place.as_of);
  query.after = place.after;
  const std::vector<SourceProgress> progress = sources_.progress();
  v1::ListReportRowsResponse response;
  RowsPage page;
  COMITY_RETURN_IF_ERROR(ledger_->Read(call, MomentOf(query.query), [&](const State& state) {
    COMITY_ASSIGN_OR_RETURN(page, ComputeRows(state, query));
    *response.mutable_basis() = BasisOf(MetricName(query.metric), state);
    return absl::OkStatus();
  }));
  FillFreshness(progress, response.mutable_basis());
  response.mutable_rows()->Assign(page.rows.begin(), page.rows.end());
  if (page.more)
    response.set_next_page_token(NextPage(call, request, response.basis(), page.last, ledger_));
  return response;
}

absl::StatusOr<v1::CharterPreview> ReportService::GetCharterPreview(
    Call& call, const v1::GetCharterPreviewRequest& request) {
  COMITY_ASSIGN_OR_RETURN(const auto proposed, charter::Charter::Make(request.document()));
  if (request.as_of() < 0) {
    return InvalidField("AS_OF_INVALID", "as_of", "a position from an earlier preview, or 0");
  }
  const std::vector<SourceProgress> progress = sources_.progress();
  v1::CharterPreview preview;
  const auto read = [&](const State& state) -> absl::Status {
    COMITY_RETURN_IF_ERROR(CheckFollows(proposed, state));
    COMITY_ASSIGN_OR_RETURN(preview, PreviewCharter(state, proposed));
    *preview.mutable_basis() = BasisOf("", state);
    return absl::OkStatus();
  };
  COMITY_RETURN_IF_ERROR(ledger_->Read(call, {request.as_of(), kNever}, read));
  FillFreshness(progress, preview.mutable_basis());
  return preview;
}

absl::StatusOr<v1::Freshness> ReportService::GetFreshness(Call& call,
                                                          const v1::GetFreshnessRequest&) {
  v1::Freshness freshness;
  const std::vector<SourceProgress> progress = sources_.progress();
  COMITY_RETURN_IF_ERROR(ledger_->Read(call, {}, [&](const State& state) {
    *freshness.mutable_basis() = BasisOf("", state);
    return absl::OkStatus();
  }));
  FillFreshness(progress, freshness.mutable_basis());
  for (const SourceProgress& each : progress) {
    auto* behind = freshness.add_behind();
    behind->set_service(each.source);
    behind->set_position(each.behind);
  }
  return freshness;
}

absl::StatusOr<v1::RebuildReportingResponse> ReportService::RebuildReporting(
    Call& call, const v1::RebuildReportingRequest& request) {
  COMITY_ASSIGN_OR_RETURN(const storage::TransactOptions options, storage::OptionsOf(request));
  // A rebuild changes no number: a request that comes again after long may do it again, and gets
  // its first answer.
  COMITY_ASSIGN_OR_RETURN(
      const v1::RebuildReportingResponse response,
      ledger_->Rebuild(call, options.request_id, sources_.entries, options.validate_only));
  v1::RebuildReportingResponse reply;
  COMITY_RETURN_IF_ERROR(storage::TransactInto(
      call, options,
      [&](storage::Transaction&) {
        reply = response;
        return absl::OkStatus();
      },
      &reply));
  return reply;
}

}  // namespace comity::reporting
