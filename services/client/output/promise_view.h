// What was promised, as text.
#ifndef COMITY_CLIENT_OUTPUT_PROMISE_VIEW_H_
#define COMITY_CLIENT_OUTPUT_PROMISE_VIEW_H_

#include <string>

#include "comity/lead/v1/promise.pb.h"

namespace comity::client {

// `open, overdue`, `kept late by sue@support`.
std::string PromiseStateText(const lead::v1::Promise& promise);
// `Training for 40, to contacts/…, by 2026-06-01 00:00: open (opportunities/…/facts/…)`.
std::string PromiseLine(const lead::v1::Promise& promise);
// The open ones of a list, one a row; empty: there are none.
std::string PromiseTable(const google::protobuf::RepeatedPtrField<lead::v1::Promise>& promises,
                         int width);

}  // namespace comity::client

#endif  // COMITY_CLIENT_OUTPUT_PROMISE_VIEW_H_
