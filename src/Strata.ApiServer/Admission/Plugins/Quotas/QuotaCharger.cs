using System.Text.Json.Nodes;
using Strata.Api;
using Strata.Api.Errors;
using Strata.Api.Json;
using Strata.Api.Models;
using Strata.Api.Quotas;
using Strata.ApiServer.Registry;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Admission.Plugins.Quotas;

/// <summary>Books what writes use in <c>status.used</c> of their quotas, by compare and swap, so that several servers never give out more than there is. Thread-safe.</summary>
/// <remarks>Writes to one namespace that come together share one update of each quota: the first works for all that wait, then hands over to the next that came meanwhile
/// (apiserver: plugin/resourcequota/controller.go, which has workers for this).</remarks>
internal sealed class QuotaCharger(ResourceRegistry registry, TimeProvider clock)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new(); // Guards _waiting.
    private readonly Dictionary<string, List<QuotaRequest>> _waiting = []; // By namespace; an entry means that someone is at work.

    /// <summary>Charges that may not be visible yet as objects.</summary>
    public SettlingQuotas Settling { get; } = new(clock);

    private ResourceStore Quotas => registry.Get(ResourceQuota.Info);

    /// <summary>Whether a namespace has quotas. Asked at every creation.</summary>
    public bool HasQuotas(string namespaceName) => Quotas.Cached.Count > 0 && Quotas.ListCached(namespaceName).Any();

    /// <summary>Decides on a request and charges it; the answer is in the request. The work for all that wait goes on when this caller leaves.</summary>
    public async ValueTask ChargeAsync(string namespaceName, QuotaRequest request)
    {
        bool isFirst;
        lock (_lock)
        {
            isFirst = !_waiting.TryGetValue(namespaceName, out var waiting);
            if (isFirst)
            {
                _waiting.Add(namespaceName, waiting = []);
            }

            waiting!.Add(request);
        }

        if (isFirst || await request.Turn.Task)
        {
            await WorkAsync(namespaceName, request);
        }
    }

    /// <summary>Gives back what was charged for an object that was not stored.</summary>
    public async ValueTask RefundAsync(QuotaRequest request)
    {
        using var deadline = new CancellationTokenSource(Deadline, clock);
        foreach (var (quota, amounts) in request.Charges)
        {
            try
            {
                await UpdateAsync(quota, (_, used) => used.Subtract(amounts), deadline.Token);
            }
            catch (ApiException gone) when (gone.IsNotFound)
            {
                // Nobody is owed anything.
            }
            finally
            {
                Settling.Forget(quota);
            }
        }
    }

    private async ValueTask WorkAsync(string namespaceName, QuotaRequest own)
    {
        List<QuotaRequest> batch;
        lock (_lock)
        {
            batch = _waiting[namespaceName];
            _waiting[namespaceName] = [];
        }

        try
        {
            using var deadline = new CancellationTokenSource(Deadline, clock);
            await DecideAsync(namespaceName, batch, deadline.Token);
        }
        catch (Exception failure)
        {
            foreach (var request in batch.Where(static request => request.IsOpen))
            {
                request.Failure = failure; // Whatever it was, nobody passes unasked.
            }
        }

        QuotaRequest? next;
        lock (_lock)
        {
            next = _waiting[namespaceName].FirstOrDefault();
            if (next is null)
            {
                _waiting.Remove(namespaceName);
            }
        }

        next?.Turn.SetResult(true);
        foreach (var request in batch.Where(request => request != own))
        {
            request.Turn.TrySetResult(false);
        }
    }

    private async ValueTask DecideAsync(string namespaceName, List<QuotaRequest> batch, CancellationToken cancellationToken)
    {
        foreach (var name in Quotas.ListCached(namespaceName).Select(static entry => entry.Name).ToList())
        {
            var open = batch.FindAll(static request => request.IsOpen);
            if (open.Count == 0)
            {
                break;
            }

            try
            {
                await ChargeAsync(new ObjectKey(namespaceName, name), open, cancellationToken);
            }
            catch (Exception failure)
            {
                open.ForEach(request => request.Failure = failure); // Each tells its own caller.
            }
        }

        // Another quota refused what the first ones had agreed to, or could not be asked.
        foreach (var refused in batch.Where(static request => !request.IsOpen))
        {
            try
            {
                await RefundAsync(refused);
                refused.Charges.Clear();
            }
            catch (Exception failure)
            {
                refused.Failure ??= failure; // What was not given back the quota controller finds out when it counts next.
            }
        }
    }

    private async ValueTask ChargeAsync(ObjectKey quota, List<QuotaRequest> open, CancellationToken cancellationToken)
    {
        Settling.Add(quota); // Before anyone can see the charge.
        try
        {
            await UpdateAsync(quota, (current, used) => Charge(current, used, open), cancellationToken);
        }
        catch (ApiException gone) when (gone.IsNotFound)
        {
            open.ForEach(static request => (request.Attempt, request.Problem) = (null, null)); // A quota that was deleted limits nobody.
        }

        foreach (var request in open.Where(static request => request.Attempt is { Count: > 0 }))
        {
            Settling.Add(quota);
            request.Charges.Add((quota, request.Attempt!));
            request.Attempt = null;
        }

        Settling.Forget(quota);
    }

    // Called again with fresher content when another server was faster.
    private void Charge(ResourceQuota quota, Dictionary<string, Quantity> used, List<QuotaRequest> open)
    {
        var now = clock.GetUtcNow();
        foreach (var request in open)
        {
            var charge = request.Demand.Against(quota, used, now, out var problem);
            (request.Attempt, request.Problem) = (request.DryRun ? null : charge, problem);
            if (!request.DryRun)
            {
                used.Add(charge);
            }
        }
    }

    private ValueTask<UpdateResult> UpdateAsync(ObjectKey quota, Action<ResourceQuota, Dictionary<string, Quantity>> change, CancellationToken cancellationToken) =>
        Quotas.UpdateAsync(
            WriteContext.Server, quota, "status", WriteMode.Status,
            current =>
            {
                var typed = ModelJson.Parse<ResourceQuota>(JsonBytes.Serialize(current));
                var used = new Dictionary<string, Quantity>(typed.Status.Used, StringComparer.Ordinal);
                change(typed, used);
                if (!ResourceSums.Same(used, typed.Status.Used))
                {
                    current.Ensure("status")["used"] = new JsonObject(used.OrderBy(static entry => entry.Key, StringComparer.Ordinal)
                        .Select(static entry => KeyValuePair.Create<string, JsonNode?>(entry.Key, entry.Value.ToString())));
                }

                return current;
            },
            null, cancellationToken);
}
