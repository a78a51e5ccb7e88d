using Strata.ContainerInstances.Records;

namespace Strata.ContainerInstances.Http;

/// <summary>Headers of a long-running operation. Between them every generation of Azure's clients finds one to follow.</summary>
internal static class OperationLinks
{
    /// <summary>Whole seconds, as az reads nothing else, and milliseconds for clients that can.</summary>
    public static Dictionary<string, string> Retry() => new() { ["Retry-After"] = "1", ["x-ms-retry-after-ms"] = "200" };

    /// <summary>Both ways to follow: <c>Azure-AsyncOperation</c> and <c>Location</c>.</summary>
    public static Dictionary<string, string> Both(ArmRequest request, OperationRecord operation, string location)
    {
        var headers = LocationOnly(request, operation, location);
        headers["Azure-AsyncOperation"] = Url(request, operation, location, "operations");
        return headers;
    }

    /// <summary>For DELETE and restart: az prints what the other header's URL answers as if it were the resource.</summary>
    public static Dictionary<string, string> LocationOnly(ArmRequest request, OperationRecord operation, string location)
    {
        var headers = Retry();
        headers["Location"] = Url(request, operation, location, "operationResults");
        return headers;
    }

    private static string Url(ArmRequest request, OperationRecord operation, string location, string kind) =>
        $"{request.BaseUrl}/subscriptions/{request.SubscriptionId}/providers/{Arm.ArmProvider.Namespace}/locations/{Uri.EscapeDataString(location)}/{kind}/{operation.Id}?api-version={request.Query("api-version")}";
}
