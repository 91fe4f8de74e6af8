// How cases went from hand to hand, as tables.
#ifndef COMITY_CLIENT_OUTPUT_CASE_FLOW_VIEW_H_
#define COMITY_CLIENT_OUTPUT_CASE_FLOW_VIEW_H_

#include <string>

#include "comity/reporting/v1/case_flow.pb.h"
#include "comity/reporting/v1/report_service.pb.h"
#include "google/protobuf/duration.pb.h"

namespace comity::client {

std::string CaseFlowText(const reporting::v1::CaseFlowReport& report, int width);
std::string CaseFlowCasesText(const reporting::v1::ListCaseFlowCasesResponse& response, int width);
// `28.5 d`, `3.2 h`, `12 min`, `40 s`.
std::string FormatDuration(const google::protobuf::Duration& duration);

}  // namespace comity::client

#endif  // COMITY_CLIENT_OUTPUT_CASE_FLOW_VIEW_H_
