using System.Text;
using System.Text.Json.Nodes;
using Strata.Arm;
using Strata.Arm.ContainerGroups;
using Strata.ContainerInstances.Groups;
using Strata.ContainerInstances.Http;
using Strata.ContainerInstances.Metering;

namespace Strata.ContainerInstances.Locations;

/// <summary>What belongs to the location: usages, capabilities, cached images, the meter, and the state of operations.</summary>
internal static class LocationRequests
{
    public static Task<ArmReply> UsagesAsync(ArmRequest request, InstanceServices services, CancellationToken cancellationToken) =>
        Task.FromResult(GroupAccess.CheckScope(request, services) ?? ArmReply.Json(
            200, new ArmList<QuotaUsage> { Value = services.Quotas.Usages() }, ArmJson.Default.ArmListQuotaUsage));

    public static Task<ArmReply> CapabilitiesAsync(ArmRequest request, InstanceServices services, CancellationToken cancellationToken)
    {
        var limits = services.Options.Limits;
        return Task.FromResult(GroupAccess.CheckScope(request, services) ?? List(new[] { "Public", "Private" }.Select(address => new JsonObject
        {
            ["resourceType"] = "containerGroups",
            ["osType"] = "Linux",
            ["location"] = limits.Location,
            ["ipAddressType"] = address,
            ["gpu"] = "None",
            ["capabilities"] = new JsonObject { ["maxMemoryInGB"] = limits.MaxGroupMemoryInGB, ["maxCpu"] = limits.MaxGroupCpu, ["maxGpuCount"] = 0 },
        })));
    }

    public static async Task<ArmReply> CachedImagesAsync(ArmRequest request, InstanceServices services, CancellationToken cancellationToken) =>
        GroupAccess.CheckScope(request, services)
        ?? List((await services.Core.ListImagesAsync(cancellationToken)).Select(image => new JsonObject { ["osType"] = "Linux", ["image"] = image }));

    /// <summary>GET providers/Strata.Instances/usage: what the meter counted. Query: from, to (RFC 3339).</summary>
    public static Task<ArmReply> MeterAsync(ArmRequest request, InstanceServices services, CancellationToken cancellationToken)
    {
        if (GroupAccess.CheckScope(request, services) is { } refusal)
        {
            return Task.FromResult(refusal);
        }

        if (!TryReadTime(request.Query("from"), out var from) || !TryReadTime(request.Query("to"), out var to))
        {
            return Task.FromResult(ArmReply.Error(400, ErrorCodes.InvalidRequestContent, "'from' and 'to' must be RFC 3339 times such as 2026-01-31T08:00:00Z."));
        }

        var now = services.Clock.GetUtcNow();
        var report = UsageReportBuilder.Build(
            services.State.ReadRuns(request.SubscriptionId), services.Options.Prices, from, to < now ? to.Value : now);
        return Task.FromResult(ArmReply.Json(200, report, ArmJson.Default.UsageReport));
    }

    internal static ArmReply List(IEnumerable<JsonNode> items) =>
        Tree(200, new JsonObject { ["value"] = new JsonArray([.. items]) });

    internal static ArmReply Tree(int status, JsonNode tree) => new(status, Encoding.UTF8.GetBytes(tree.ToJsonString()));

    private static bool TryReadTime(string? text, out DateTimeOffset? time)
    {
        time = null;
        if (string.IsNullOrEmpty(text))
        {
            return true;
        }

        var isTime = DateTimeOffset.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out var parsed);
        time = parsed;
        return isTime;
    }
}
