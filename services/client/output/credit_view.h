// How the credit of an opportunity is split: the parts, all models side by side, the touches.
#ifndef COMITY_CLIENT_OUTPUT_CREDIT_VIEW_H_
#define COMITY_CLIENT_OUTPUT_CREDIT_VIEW_H_

#include <string>

#include "comity/gateway/v1/credit.pb.h"

namespace comity::client {

std::string CreditOutlookText(const gateway::v1::CreditOutlook& outlook, int width);
// A statement, with who has acknowledged it.
std::string CreditStatementText(const gateway::v1::CreditStatement& statement, int width);
// One line each.
std::string CreditStatementsText(
    const google::protobuf::RepeatedPtrField<gateway::v1::CreditStatement>& statements, int width);
// The parts of a statement, with bars; why there are none.
std::string CreditLinesText(const gateway::v1::CreditStatement& statement, int width);
// What each model would give each party, and how far they differ.
std::string CreditComparisonText(const gateway::v1::CreditComparison& comparison,
                                 type::v1::CreditModel own, int width);
// Which touches count, and why the others do not.
std::string CreditTouchesText(const gateway::v1::CreditStatement& statement, int width);

}  // namespace comity::client

#endif  // COMITY_CLIENT_OUTPUT_CREDIT_VIEW_H_
