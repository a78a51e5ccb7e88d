using System.Net;
using System.Text.Json;
using Strata.Arm.ContainerGroups;

namespace Strata.Arm.Client;

/// <summary>A long-running operation as the answer to PUT, POST or DELETE began it.</summary>
/// <remarks>Which way to follow it is chosen once, as Azure's own clients do: <c>Azure-AsyncOperation</c>, else <c>Location</c>,
/// else (PUT) the resource's provisioning state, else it is done.</remarks>
public sealed class ArmOperation
{
    private readonly ArmClient _client;
    private readonly string _resourcePath;
    private readonly bool _endsWithResource;
    private readonly Uri? _operationUrl;
    private readonly Uri? _location;
    private TimeSpan _pause;

    internal ArmOperation(ArmClient client, string resourcePath, bool endsWithResource, ArmResponse first)
    {
        _client = client;
        _resourcePath = resourcePath;
        _endsWithResource = endsWithResource;
        _operationUrl = first.OperationUrl;
        _location = first.Location;
        _pause = first.RetryAfter ?? client.Options.PollInterval;
        Group = endsWithResource && first.Body.Length > 0 ? ArmJson.ParseContainerGroup(first.Body) : null;
        IsCompleted = _operationUrl is null && _location is null
            && (!endsWithResource || ProvisioningStates.IsTerminal(Group?.Properties?.ProvisioningState ?? ProvisioningStates.Succeeded));
    }

    /// <summary>The group as last seen: the accepted one, later the finished one. Null for DELETE.</summary>
    public ContainerGroup? Group { get; private set; }

    public bool IsCompleted { get; private set; }

    /// <summary>Where the service reports on the operation; null when it does not.</summary>
    public Uri? Url => _operationUrl ?? _location;

    /// <summary>Polls, at the pace the server asks for, until the operation ends.</summary>
    /// <exception cref="ArmException">It failed or was canceled; the error is the service's own.</exception>
    public async Task<ContainerGroup?> WaitAsync(CancellationToken cancellationToken)
    {
        while (!await PollAsync(cancellationToken))
        {
            await Task.Delay(_pause, _client.Clock, cancellationToken);
        }

        return Group;
    }

    /// <summary>Asks once. True when the operation has ended well.</summary>
    /// <exception cref="ArmException">It failed or was canceled.</exception>
    public async Task<bool> PollAsync(CancellationToken cancellationToken)
    {
        if (IsCompleted)
        {
            return true;
        }

        IsCompleted = _operationUrl is not null ? await PollStatusAsync(_operationUrl, cancellationToken)
            : _location is not null ? await PollLocationAsync(_location, cancellationToken)
            : await PollResourceAsync(cancellationToken);
        return IsCompleted;
    }

    private async Task<bool> PollStatusAsync(Uri url, CancellationToken cancellationToken)
    {
        var response = await GetAsync(url.ToString(), cancellationToken);
        var status = JsonSerializer.Deserialize(response.Body, ArmJson.Default.OperationStatus);
        if (!ProvisioningStates.IsTerminal(status?.Status))
        {
            return false;
        }

        ThrowUnlessSucceeded(status!.Status, status.Error);
        if (_endsWithResource)
        {
            Group = ArmJson.ParseContainerGroup((await GetAsync(_resourcePath, cancellationToken)).Body);
        }

        return true;
    }

    private async Task<bool> PollLocationAsync(Uri url, CancellationToken cancellationToken)
    {
        var response = await GetAsync(url.ToString(), cancellationToken);
        if (response.StatusCode == HttpStatusCode.Accepted)
        {
            return false;
        }

        if (_endsWithResource)
        {
            Group = ArmJson.ParseContainerGroup((await GetAsync(_resourcePath, cancellationToken)).Body);
        }

        return true;
    }

    private async Task<bool> PollResourceAsync(CancellationToken cancellationToken)
    {
        Group = ArmJson.ParseContainerGroup((await GetAsync(_resourcePath, cancellationToken)).Body);
        var state = Group.Properties?.ProvisioningState ?? ProvisioningStates.Succeeded;
        if (!ProvisioningStates.IsTerminal(state))
        {
            return false;
        }

        ThrowUnlessSucceeded(state, null);
        return true;
    }

    private async Task<ArmResponse> GetAsync(string url, CancellationToken cancellationToken)
    {
        var response = await _client.SendAsync(HttpMethod.Get, url, null, cancellationToken);
        _pause = response.RetryAfter ?? _client.Options.PollInterval;
        return response;
    }

    private static void ThrowUnlessSucceeded(string status, ArmError? error)
    {
        if (!string.Equals(status, ProvisioningStates.Succeeded, StringComparison.OrdinalIgnoreCase))
        {
            throw new ArmException(HttpStatusCode.OK, error ?? new ArmError(status, $"The operation ended as {status}."));
        }
    }
}
