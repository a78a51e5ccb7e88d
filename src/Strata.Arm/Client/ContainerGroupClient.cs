using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Strata.Arm.ContainerGroups;

namespace Strata.Arm.Client;

/// <summary>The container groups of one subscription and resource group. Works with Strata's container instances and with Azure.
/// Thread-safe. Every method may throw <see cref="ArmException"/> (refused) or <see cref="HttpRequestException"/> (unreachable).</summary>
public sealed class ContainerGroupClient(ArmClient client, string subscriptionId, string resourceGroup)
{
    private readonly string _subscription = $"/subscriptions/{Uri.EscapeDataString(subscriptionId)}";
    private readonly string _resourceGroup =
        $"/subscriptions/{Uri.EscapeDataString(subscriptionId)}/resourceGroups/{Uri.EscapeDataString(resourceGroup)}";

    /// <summary>PUT. Repeating it with the same content is harmless. The operation may be awaited or left to run.</summary>
    public async Task<ArmOperation> CreateOrUpdateAsync(string name, ContainerGroup group, CancellationToken cancellationToken)
    {
        var response = await client.SendAsync(HttpMethod.Put, PathOf(name), ArmJson.ToBytes(group), cancellationToken);
        return new ArmOperation(client, PathOf(name), endsWithResource: true, response);
    }

    /// <summary>The group with its instance view, or null when there is none.</summary>
    public async Task<ContainerGroup?> GetAsync(string name, CancellationToken cancellationToken) =>
        await FindAsync(PathOf(name), cancellationToken) is { } body ? ArmJson.ParseContainerGroup(body) : null;

    /// <summary>All groups of the resource group, page by page.</summary>
    /// <param name="expandInstanceView">Asks for instance views too, which only Strata answers: check the first result before relying on it.</param>
    public IAsyncEnumerable<ContainerGroup> ListAsync(bool expandInstanceView, CancellationToken cancellationToken) =>
        ListPagesAsync(_resourceGroup, expandInstanceView, cancellationToken);

    /// <summary>All groups of the subscription.</summary>
    public IAsyncEnumerable<ContainerGroup> ListSubscriptionAsync(bool expandInstanceView, CancellationToken cancellationToken) =>
        ListPagesAsync(_subscription, expandInstanceView, cancellationToken);

    /// <summary>PATCH: replaces the tags, touches nothing else.</summary>
    public async Task<ContainerGroup> UpdateTagsAsync(string name, IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new TagsPatch { Tags = tags }, ArmJson.Default.TagsPatch);
        return ArmJson.ParseContainerGroup((await client.SendAsync(HttpMethod.Patch, PathOf(name), body, cancellationToken)).Body);
    }

    /// <summary>Deletes the group; one that is gone already is no error. The service has stored the intent when this returns.</summary>
    public async Task<ArmOperation> DeleteAsync(string name, CancellationToken cancellationToken)
    {
        var response = await client.SendAsync(HttpMethod.Delete, PathOf(name), null, cancellationToken);
        return new ArmOperation(client, PathOf(name), endsWithResource: false, response);
    }

    public async Task<ArmOperation> StartAsync(string name, CancellationToken cancellationToken) =>
        await PostAsync(name, "start", cancellationToken);

    public async Task StopAsync(string name, CancellationToken cancellationToken) => await PostAsync(name, "stop", cancellationToken);

    public async Task<ArmOperation> RestartAsync(string name, CancellationToken cancellationToken) =>
        await PostAsync(name, "restart", cancellationToken);

    /// <summary>Output of a container so far, or null when group or container do not exist.</summary>
    /// <param name="tail">Number of lines from the end; null for all.</param>
    /// <param name="timestamps">Puts an RFC 3339 time before each line.</param>
    public async Task<string?> GetLogsAsync(string name, string container, int? tail, bool timestamps, CancellationToken cancellationToken)
    {
        var path = $"{ContainerPath(name, container)}/logs?timestamps={(timestamps ? "true" : "false")}{(tail is null ? "" : $"&tail={tail}")}";
        var body = await FindAsync(path, cancellationToken);
        return body is null ? null : JsonSerializer.Deserialize(body, ArmJson.Default.ContainerLogs)?.Content ?? "";
    }

    /// <summary>Starts a command in a container and connects to it.</summary>
    public async Task<ContainerSession> ExecAsync(
        string name, string container, ContainerExecRequest request, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(request, ArmJson.Default.ContainerExecRequest);
        return await ConnectAsync($"{ContainerPath(name, container)}/exec", body, cancellationToken);
    }

    /// <summary>Connects to a container's main process.</summary>
    /// <param name="withInput">To its input as well as its output. Strata only: Azure attaches to output whatever is asked.</param>
    public async Task<ContainerSession> AttachAsync(string name, string container, bool withInput, CancellationToken cancellationToken)
    {
        var body = withInput ? JsonSerializer.SerializeToUtf8Bytes(new ContainerAttachRequest { Stdin = true }, ArmJson.Default.ContainerAttachRequest) : null;
        return await ConnectAsync($"{ContainerPath(name, container)}/attach", body, cancellationToken);
    }

    public async Task<IReadOnlyList<QuotaUsage>> ListUsagesAsync(string location, CancellationToken cancellationToken)
    {
        var path = $"{_subscription}/providers/{ArmProvider.Namespace}/locations/{Uri.EscapeDataString(location)}/usages";
        return (await GetAsync(path, ArmJson.Default.ArmListQuotaUsage, cancellationToken)).Value;
    }

    /// <summary>The meter's report. Strata only: Azure answers 404, thrown as <see cref="ArmException"/>.</summary>
    public Task<UsageReport> GetUsageReportAsync(DateTimeOffset? from, DateTimeOffset? to, CancellationToken cancellationToken)
    {
        var query = string.Join('&', new[] { Query("from", from), Query("to", to) }.OfType<string>());
        return GetAsync($"{_subscription}/providers/Strata.Instances/usage{(query.Length > 0 ? "?" + query : "")}", ArmJson.Default.UsageReport, cancellationToken);
    }

    /// <summary>Creates the resource group unless it exists.</summary>
    public async Task EnsureResourceGroupAsync(string location, CancellationToken cancellationToken)
    {
        const string ResourcesApiVersion = "?api-version=2021-04-01";
        if (await FindAsync(_resourceGroup + ResourcesApiVersion, cancellationToken) is null)
        {
            var body = JsonSerializer.SerializeToUtf8Bytes(new ResourceGroup { Location = location }, ArmJson.Default.ResourceGroup);
            await client.SendAsync(HttpMethod.Put, _resourceGroup + ResourcesApiVersion, body, cancellationToken);
        }
    }

    private string PathOf(string name) => $"{_resourceGroup}/providers/{ArmProvider.ContainerGroups}/{Uri.EscapeDataString(name)}";

    private string ContainerPath(string name, string container) => $"{PathOf(name)}/containers/{Uri.EscapeDataString(container)}";

    private static string? Query(string name, DateTimeOffset? time) =>
        time is null ? null : $"{name}={Uri.EscapeDataString(time.Value.UtcDateTime.ToString("O"))}";

    private async Task<ArmOperation> PostAsync(string name, string verb, CancellationToken cancellationToken)
    {
        var response = await client.SendAsync(HttpMethod.Post, $"{PathOf(name)}/{verb}", null, cancellationToken);
        return new ArmOperation(client, PathOf(name), endsWithResource: false, response);
    }

    private async Task<ContainerSession> ConnectAsync(string path, byte[]? body, CancellationToken cancellationToken)
    {
        var response = await client.SendAsync(HttpMethod.Post, path, body, cancellationToken);
        var answer = JsonSerializer.Deserialize(response.Body, ArmJson.Default.ContainerExecResponse) ?? new();
        return await ContainerSession.ConnectAsync(answer, client.Http, cancellationToken);
    }

    private async IAsyncEnumerable<ContainerGroup> ListPagesAsync(
        string scope, bool expandInstanceView, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? next = $"{scope}/providers/{ArmProvider.ContainerGroups}{(expandInstanceView ? "?$expand=instanceView" : "")}";
        while (next is not null)
        {
            var page = await GetAsync(next, ArmJson.Default.ArmListContainerGroup, cancellationToken);
            foreach (var group in page.Value)
            {
                yield return group;
            }

            next = page.NextLink;
        }
    }

    private async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        JsonSerializer.Deserialize((await client.SendAsync(HttpMethod.Get, path, null, cancellationToken)).Body, type)
        ?? throw new JsonException($"{path} answered null.");

    private async Task<byte[]?> FindAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return (await client.SendAsync(HttpMethod.Get, path, null, cancellationToken)).Body;
        }
        catch (ArmException e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }
}
