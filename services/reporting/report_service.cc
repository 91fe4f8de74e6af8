#include "services/reporting/report_service.h"

#include <map>
#include <memory>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "services/reporting/handovers.h"
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

// Without what changes while the record stays the same: see FillFreshness.
v1::ReportBasis BasisOf(const charter::Charter& charter, absl::string_view metric,
                        const State& state) {
  v1::ReportBasis basis;
  basis.set_metric(std::string(metric));
  for (const auto& definition : charter.document().metrics()) {
    if (definition.name() == metric) basis.set_definition(definition.text());
  }
  basis.set_charter_revision(charter.revision());
  basis.set_provisional(charter.provisional());
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

template <typename Report>
absl::StatusOr<Report> GetReport(Call& call, Metric metric, const v1::ReportQuery& query,
                                 absl::StatusOr<Report> (*compute)(const State&,
                                                                   const v1::ReportQuery&),
                                 const ReportSources& sources, SingleFlight<Report>* kept) {
  Ledger* const ledger = sources.ledger;
  COMITY_ASSIGN_OR_RETURN(const v1::ReportQuery canonical, Canonical(call.charter(), query));
  COMITY_RETURN_IF_ERROR(CheckValues(call, canonical, {}, ledger));
  const auto make = [&]() -> absl::StatusOr<std::shared_ptr<const Report>> {
    auto report = std::make_shared<Report>();
    const auto read = [&](const State& state) -> absl::Status {
      COMITY_ASSIGN_OR_RETURN(*report, compute(state, canonical));
      *report->mutable_basis() = BasisOf(call.charter(), MetricName(metric), state);
      return absl::OkStatus();
    };
    COMITY_RETURN_IF_ERROR(ledger->Read(call, MomentOf(canonical), read));
    return std::shared_ptr<const Report>(std::move(report));
  };
  const std::string key = KeyOf(ledger->head(), canonical);
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

constexpr absl::string_view kHandovers = "metrics/case-handovers";

// The query by which a report of handovers is read and kept; filled in as the others are.
absl::StatusOr<v1::ReportQuery> QueryOf(const Call& call, const v1::GetHandoversRequest& request) {
  if (!v1::HolderKind_IsValid(request.holder())) {
    return InvalidField("HOLDER_INVALID", "holder", "a team or an owner");
  }
  v1::ReportQuery query;
  query.set_as_of(request.as_of());
  if (request.has_occurred_before()) {
    *query.mutable_occurred_before() = request.occurred_before();
  }
  return Canonical(call.charter(), query);
}

// What holders are called.
std::map<std::string, std::string> LabelsOf(const State& state) {
  std::map<std::string, std::string> labels;
  for (uint32_t number = 1; number < state.strings().size(); ++number) {
    const uint32_t label = state.named(number).display_name;
    if (label != 0) labels[state.strings().text(number)] = state.strings().text(label);
  }
  return labels;
}

absl::StatusOr<v1::HandoverReport> ComputeHandovers(Call& call, v1::HolderKind holder,
                                                    const Moment& moment, Ledger* ledger) {
  v1::ReportBasis basis;
  std::map<std::string, std::string> labels;
  COMITY_RETURN_IF_ERROR(ledger->Read(call, moment, [&](const State& state) {
    basis = BasisOf(call.charter(), kHandovers, state);
    labels = LabelsOf(state);
    return absl::OkStatus();
  }));
  std::unique_ptr<Handovers> handovers;
  COMITY_RETURN_IF_ERROR(ledger->ReadCaseFacts(
      call, basis.as_of(),
      [&] { handovers = std::make_unique<Handovers>(holder, moment.occurred_before); },
      [&](const CaseFactRow& row) { handovers->Add(row); }));
  COMITY_ASSIGN_OR_RETURN(v1::HandoverReport report, handovers->Count());
  *report.mutable_basis() = std::move(basis);
  for (auto& row : *report.mutable_rows()) {
    const auto label = labels.find(row.holder());
    row.set_label(label == labels.end() ? row.holder() : label->second);
  }
  return report;
}

// Where a drill-down goes on: the as-of position of its first page, and the last opportunity.
struct PagePlace {
  int64_t as_of = 0;
  std::string after;
};

absl::StatusOr<PagePlace> ReadPlace(const Call& call, const v1::ListReportRowsRequest& request) {
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

absl::StatusOr<RowsQuery> ReadRowsQuery(const Call& call,
                                        const v1::ListReportRowsRequest& request) {
  RowsQuery query;
  COMITY_ASSIGN_OR_RETURN(query.metric, MetricOf(request.metric()));
  COMITY_ASSIGN_OR_RETURN(query.query, Canonical(call.charter(), request.query()));
  if (query.query.lenses_size() != 1) {
    return InvalidField("ONE_LENS_NEEDED", "query.lenses", "name the one lens of the number");
  }
  query.keys.assign(request.keys().begin(), request.keys().end());
  if (!query.keys.empty() && request.keys_size() != query.query.group_by_size()) {
    return InvalidField("KEYS_INVALID", "keys", "one key per dimension of group_by, or none");
  }
  COMITY_ASSIGN_OR_RETURN(const int page_size, resource::ReadPageSize(request));
  query.limit = static_cast<size_t>(page_size);
  return query;
}

}  // namespace

ReportService::ReportService(server::Edge* edge, ReportSources sources)
    : edge_(edge),
      sources_(std::move(sources)),
      ledger_(sources_.ledger),
      win_rates_(kReports, BytesOf),
      pipelines_(kReports, BytesOf),
      handovers_(kReports, BytesOf) {}

absl::StatusOr<v1::WinRateReport> ReportService::GetWinRate(Call& call,
                                                            const v1::GetWinRateRequest& request) {
  return GetReport(call, Metric::kWinRate, request.query(), ComputeWinRate, sources_, &win_rates_);
}

absl::StatusOr<v1::PipelineReport> ReportService::GetPipeline(
    Call& call, const v1::GetPipelineRequest& request) {
  return GetReport(call, Metric::kPipeline, request.query(), ComputePipeline, sources_,
                   &pipelines_);
}

absl::StatusOr<v1::HandoverReport> ReportService::GetHandovers(
    Call& call, const v1::GetHandoversRequest& request) {
  COMITY_ASSIGN_OR_RETURN(const v1::ReportQuery query, QueryOf(call, request));
  const std::vector<SourceProgress> progress = sources_.progress();
  const auto make = [&]() -> absl::StatusOr<std::shared_ptr<const v1::HandoverReport>> {
    COMITY_ASSIGN_OR_RETURN(auto report,
                            ComputeHandovers(call, request.holder(), MomentOf(query), ledger_));
    return std::make_shared<const v1::HandoverReport>(std::move(report));
  };
  const std::string key = absl::StrCat(request.holder(), "|", KeyOf(ledger_->head(), query));
  COMITY_ASSIGN_OR_RETURN(const std::shared_ptr<const v1::HandoverReport> found,
                          handovers_.Get(key, call.deadline, make));
  v1::HandoverReport report = *found;
  FillFreshness(progress, report.mutable_basis());
  return report;
}

absl::StatusOr<v1::ListReportRowsResponse> ReportService::ListReportRows(
    Call& call, const v1::ListReportRowsRequest& request) {
  COMITY_ASSIGN_OR_RETURN(RowsQuery query, ReadRowsQuery(call, request));
  COMITY_RETURN_IF_ERROR(CheckValues(call, query.query, query.keys, ledger_));
  COMITY_ASSIGN_OR_RETURN(PagePlace place, ReadPlace(call, request));
  query.query.set_as_of(place.as_of);
  query.after = place.after;
  const std::vector<SourceProgress> progress = sources_.progress();
  v1::ListReportRowsResponse response;
  RowsPage page;
  COMITY_RETURN_IF_ERROR(ledger_->Read(call, MomentOf(query.query), [&](const State& state) {
    page = ComputeRows(state, query);
    *response.mutable_basis() = BasisOf(call.charter(), MetricName(query.metric), state);
    return absl::OkStatus();
  }));
  FillFreshness(progress, response.mutable_basis());
  response.mutable_rows()->Assign(page.rows.begin(), page.rows.end());
  if (!page.more) return response;
  const int64_t as_of = response.basis().as_of();
  if (!query.query.has_occurred_before()) ledger_->Keep(as_of);
  response.set_next_page_token(
      resource::MakePageToken(call, request, absl::StrCat(as_of, ":", page.last)));
  return response;
}

absl::StatusOr<v1::Freshness> ReportService::GetFreshness(Call& call,
                                                          const v1::GetFreshnessRequest&) {
  v1::Freshness freshness;
  const std::vector<SourceProgress> progress = sources_.progress();
  COMITY_RETURN_IF_ERROR(ledger_->Read(call, {}, [&](const State& state) {
    *freshness.mutable_basis() = BasisOf(call.charter(), "", state);
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
