// Reports as tables with bars, and what stands behind their numbers.
#ifndef COMITY_CLIENT_OUTPUT_REPORT_VIEW_H_
#define COMITY_CLIENT_OUTPUT_REPORT_VIEW_H_

#include <algorithm>
#include <string>

#include "comity/reporting/v1/report.pb.h"
#include "comity/reporting/v1/report_service.pb.h"

namespace comity::client {

std::string WinRateText(const reporting::v1::WinRateReport& report, int width);
std::string PipelineText(const reporting::v1::PipelineReport& report, int width);
std::string RowsText(const reporting::v1::ListReportRowsResponse& response, int width);
// A group as it is called; `(none)` for what has no value.
std::string GroupName(const google::protobuf::RepeatedPtrField<std::string>& keys,
                      const google::protobuf::RepeatedPtrField<std::string>& labels);
// Definition, revision, whether it is signed, as-of and freshness.
std::string BasisText(const reporting::v1::ReportBasis& basis);

// Whether some of the rows say that a dispute about them is open.
template <typename Rows>
bool IsAnyDisputed(const Rows& rows) {
  return std::any_of(rows.begin(), rows.end(),
                     [](const auto& row) { return row.open_disputes_size() > 0; });
}

}  // namespace comity::client

#endif  // COMITY_CLIENT_OUTPUT_REPORT_VIEW_H_
