using System.Collections.Concurrent;
using Strata.Api.Models;
using Strata.Client;

namespace Strata.Pods.Volumes;

/// <summary>Service account tokens for projected volumes, bound to their pods and renewed in time: at 80 % of their life or after 24 h, whichever comes first.
/// Source: kubelet/token/token_manager.go (behaviour). Thread-safe.</summary>
public sealed class TokenCache(IKubeClient client, TimeProvider clock)
{
    private static readonly TimeSpan LongestUse = TimeSpan.FromHours(24);
    private readonly ConcurrentDictionary<TokenKey, Token> _tokens = new();

    /// <summary>All tokens that the pod projects, requested where missing or due.</summary>
    /// <exception cref="Api.Errors.ApiException">A token was refused and there is no valid one left.</exception>
    public async Task<IReadOnlyDictionary<TokenKey, string>> GetAllAsync(Pod pod, CancellationToken cancellationToken)
    {
        var keys = TokenKey.AllOf(pod);
        var tokens = await Task.WhenAll(keys.Select(key => GetAsync(key, cancellationToken)));
        return keys.Zip(tokens).ToDictionary(pair => pair.First, pair => pair.Second.Text);
    }

    /// <summary>When the next token of the pod should be renewed; null when it has none.</summary>
    public DateTimeOffset? NextRenewal(Pod pod) =>
        TokenKey.AllOf(pod).Select(key => _tokens.TryGetValue(key, out var token) ? token.RenewAt : (DateTimeOffset?)null).Min();

    /// <summary>The pod is gone.</summary>
    public void Release(string podUid)
    {
        foreach (var key in _tokens.Keys.Where(key => key.PodUid == podUid))
        {
            _tokens.TryRemove(key, out _);
        }
    }

    private async Task<Token> GetAsync(TokenKey key, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (_tokens.TryGetValue(key, out var known) && now < known.RenewAt)
        {
            return known;
        }

        try
        {
            return _tokens[key] = await RequestAsync(key, now, cancellationToken);
        }
        catch (Api.Errors.ApiException) when (known is not null && now < known.ExpiresAt)
        {
            return known; // Still valid: renewal is tried again at the next look.
        }
    }

    private async Task<Token> RequestAsync(TokenKey key, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var request = new TokenRequest
        {
            Spec = new TokenRequestSpec
            {
                Audiences = key.Audience.Length == 0 ? [] : [key.Audience],
                ExpirationSeconds = key.ExpirationSeconds,
                BoundObjectRef = new BoundObjectReference { ApiVersion = "v1", Kind = "Pod", Name = key.PodName, Uid = key.PodUid },
            },
        };
        var answer = await client.CreateSubresourceAsync<ServiceAccount, TokenRequest>(key.PodNamespace, key.ServiceAccount, "token", request, cancellationToken);
        var status = answer.As<TokenRequest>().Status;
        var expiresAt = status.ExpirationTimestamp ?? now + TimeSpan.FromSeconds(key.ExpirationSeconds);
        var use = TimeSpan.FromTicks(Math.Min(((expiresAt - now) * 0.8).Ticks, LongestUse.Ticks));
        return new Token(status.Token, now + use, expiresAt);
    }

    private sealed record Token(string Text, DateTimeOffset RenewAt, DateTimeOffset ExpiresAt);
}
