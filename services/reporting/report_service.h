// ReportService: reports of any moment, their rows, and the rebuild.
#ifndef COMITY_REPORTING_REPORT_SERVICE_H_
#define COMITY_REPORTING_REPORT_SERVICE_H_

#include <functional>
#include <vector>

#include "comity/reporting/v1/report_service.grpc.pb.h"
#include "services/reporting/freshness.h"
#include "services/reporting/ledger.h"
#include "services/reporting/single_flight.h"
#include "services/runtime/server/unary.h"

namespace comity::reporting {

// What the service needs beside the ledger.
struct ReportSources {
  Ledger* ledger = nullptr;
  ReadEntries entries;                                    // for rebuilds
  std::function<std::vector<SourceProgress>()> progress;  // of each source
};

class ReportService final : public v1::ReportService::CallbackService {
 public:
  using Api = v1::ReportService;
  ReportService(server::Edge* edge, ReportSources sources);
  COMITY_UNARY(GetWinRate, v1::GetWinRateRequest, v1::WinRateReport)
  COMITY_UNARY(GetPipeline, v1::GetPipelineRequest, v1::PipelineReport)
  COMITY_UNARY(ListReportRows, v1::ListReportRowsRequest, v1::ListReportRowsResponse)
  COMITY_UNARY(GetCaseFlow, v1::GetCaseFlowRequest, v1::CaseFlowReport)
  COMITY_UNARY(ListCaseFlowCases, v1::ListCaseFlowCasesRequest, v1::ListCaseFlowCasesResponse)
  COMITY_UNARY(GetCharterPreview, v1::GetCharterPreviewRequest, v1::CharterPreview)
  COMITY_UNARY(GetFreshness, v1::GetFreshnessRequest, v1::Freshness)
  COMITY_UNARY(RebuildReporting, v1::RebuildReportingRequest, v1::RebuildReportingResponse)

 private:
  server::Edge* const edge_;
  const ReportSources sources_;
  Ledger* const ledger_;
  SingleFlight<v1::WinRateReport> win_rates_;
  SingleFlight<v1::PipelineReport> pipelines_;
  SingleFlight<v1::CaseFlowReport> case_flows_;
};

}  // namespace comity::reporting

#endif  // COMITY_REPORTING_REPORT_SERVICE_H_
