using System.Collections.Concurrent;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Client;

namespace Strata.EndToEnd.Tests;

/// <summary>The ConfigMaps of a namespace as a watch tells of them, from one server to the next.</summary>
internal sealed class FollowedObjects
{
    private string? _version;

    /// <summary>Resource version by name.</summary>
    public ConcurrentDictionary<string, string> Versions { get; } = [];

    /// <summary>How often a server did not know the version any more, and everything was read again.</summary>
    public int Relists { get; private set; }

    /// <summary>How often a watch went on where one on another server, or an earlier one, had ended.</summary>
    public int Resumes { get; private set; }

    /// <summary>Watches until the server fails.</summary>
    public async Task FollowAsync(KubeClient client, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await WatchAsync(client, cancellationToken);
            }
            catch (ApiException expired) when (expired.IsExpired)
            {
                Relists++;
                _version = null;
                Versions.Clear();
            }
            catch (Exception error) when (error is ApiException or OperationCanceledException or IOException or HttpRequestException)
            {
                return;
            }
        }
    }

    private async Task WatchAsync(KubeClient client, CancellationToken cancellationToken)
    {
        var isResumed = _version is not null;
        await foreach (var change in client.WatchAsync<ConfigMap>("default", new WatchOptions(_version), cancellationToken))
        {
            Resumes += isResumed ? 1 : 0;
            isResumed = false;
            _version = change.Object.Metadata.ResourceVersion;
            if (change.Type == WatchEventType.Deleted)
            {
                Versions.TryRemove(change.Object.Metadata.Name, out _);
            }
            else if (change.Type != WatchEventType.Bookmark)
            {
                Versions[change.Object.Metadata.Name] = change.Object.Metadata.ResourceVersion;
            }
        }
    }
}
