// Reports as tables with bars, and what stands behind their numbers.
#ifndef COMITY_CLIENT_OUTPUT_REPORT_VIEW_H_
#define COMITY_CLIENT_OUTPUT_REPORT_VIEW_H_

#include <string>

#include "comity/reporting/v1/report.pb.h"
#include "comity/reporting/v1/report_service.pb.h"

namespace comity::client {

std::string WinRateText(const reporting::v1::WinRateReport& report, int width);
std::string PipelineText(const reporting::v1::PipelineReport& report, int width);
std::string RowsText(const reporting::v1::ListReportRowsResponse& response, int width);
std::string HandoverText(const reporting::v1::HandoverReport& report, int width);
// Definition, revision, whether it is signed, as-of and freshness.
std::string BasisText(const reporting::v1::ReportBasis& basis);

}  // namespace comity::client

#endif  // COMITY_CLIENT_OUTPUT_REPORT_VIEW_H_
