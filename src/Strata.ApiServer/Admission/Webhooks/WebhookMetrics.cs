using System.Globalization;
using Strata.Hosting.Metrics;

namespace Strata.ApiServer.Admission.Webhooks;

/// <summary>Calls of webhooks, under upstream's names (apiserver: pkg/admission/metrics).</summary>
internal sealed class WebhookMetrics(MetricRegistry registry)
{
    private readonly HistogramFamily _durations = registry.Histogram(
        "apiserver_admission_webhook_admission_duration_seconds", "Admission webhook latency histogram in seconds, identified by name and broken out for each operation and API resource and type (validate or admit).",
        [0.005, 0.025, 0.1, 0.5, 1, 2.5, 10, 25], "name", "operation", "rejected", "type");

    private readonly CounterFamily _rejections = registry.Counter(
        "apiserver_admission_webhook_rejection_count", "Admission webhook rejection count, identified by name and broken out for each admission type (validating or admit) and operation.",
        "error_type", "name", "operation", "rejection_code", "type");

    private readonly CounterFamily _failedOpen = registry.Counter(
        "apiserver_admission_webhook_fail_open_count", "Admission webhook fail open count, identified by name and broken out for each admission type (validating or admit).", "name", "type");

    private readonly CounterFamily _requests = registry.Counter(
        "apiserver_admission_webhook_request_total", "Admission webhook request total, identified by name and broken out for each admission type (validating or admit) and operation.",
        "code", "name", "operation", "rejected", "type");

    /// <param name="error">Why it was rejected though the webhook did not say so; null when it did, or when it was not.</param>
    public void Count(Webhook hook, bool isMutating, AdmissionOperation operation, TimeSpan took, bool isRejected, int code, string? error)
    {
        var (type, name, rejected) = (isMutating ? "admit" : "validating", WebhookMatcher.OperationOf(operation), isRejected ? "true" : "false");
        var codeText = code.ToString(CultureInfo.InvariantCulture);
        _durations.Observe(took, hook.Name, name, rejected, type);
        _requests.Increment(codeText, hook.Name, name, rejected, type);
        if (isRejected)
        {
            _rejections.Increment(error ?? "no_error", hook.Name, name, codeText, type);
        }
        else if (error is not null)
        {
            _failedOpen.Increment(hook.Name, type);
        }
    }
}
