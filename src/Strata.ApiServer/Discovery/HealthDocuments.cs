using System.Text;
using Strata.ApiServer.Requests;

namespace Strata.ApiServer.Discovery;

/// <summary><c>/healthz</c>, <c>/livez</c> and <c>/readyz</c>, each also for a single check (apiserver: pkg/server/healthz).</summary>
internal sealed class HealthDocuments(IReadOnlyList<HealthCheck> checks)
{
    private static readonly string[] Roots = ["/healthz", "/livez", "/readyz"];

    private static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(10);

    public static IEnumerable<string> Paths => Roots;

    public async ValueTask<ApiResult?> FindAsync(ApiCall call, CancellationToken cancellationToken)
    {
        foreach (var root in Roots)
        {
            if (call.Info.Path == root)
            {
                return await AllAsync(root, call.Query, cancellationToken);
            }

            if (call.Info.Path.StartsWith(root + "/", StringComparison.Ordinal) && ChecksOf(root).FirstOrDefault(check => check.Name == call.Info.Path[(root.Length + 1)..]) is { } one)
            {
                return await IsWellAsync(one, cancellationToken) ? Text(200, "ok") : Text(500, "internal server error: reason withheld");
            }
        }

        return null;
    }

    private async ValueTask<DocumentResult> AllAsync(string root, QueryParameters query, CancellationToken cancellationToken)
    {
        var excluded = query.All("exclude").ToHashSet(StringComparer.Ordinal);
        var report = new StringBuilder();
        var isWell = true;
        foreach (var check in ChecksOf(root))
        {
            var passed = excluded.Contains(check.Name) || await IsWellAsync(check, cancellationToken);
            isWell &= passed;
            report.Append(passed ? "[+]" : "[-]").Append(check.Name)
                .Append(excluded.Contains(check.Name) ? " excluded: ok" : passed ? " ok" : " failed: reason withheld").Append('\n');
        }

        report.Append(root.AsSpan(1)).Append(" check ").Append(isWell ? "passed" : "failed").Append('\n');
        return !isWell ? Text(500, report.ToString()) : Text(200, query.Has("verbose") ? report.ToString() : "ok");
    }

    private IEnumerable<HealthCheck> ChecksOf(string root) => root == "/livez" ? checks.Where(static check => check.IsForLive) : checks;

    private static async ValueTask<bool> IsWellAsync(HealthCheck check, CancellationToken cancellationToken)
    {
        try
        {
            return await check.Check(cancellationToken).AsTask().WaitAsync(CheckTimeout, cancellationToken);
        }
        catch (Exception e) when (e is Store.StoreException or TimeoutException or ObjectDisposedException)
        {
            return false; // The reason is withheld on purpose: anyone may ask.
        }
    }

    private static DocumentResult Text(int code, string text) => new(code, MediaTypes.Text, Encoding.UTF8.GetBytes(text))
    {
        Headers = [new("Cache-Control", "no-cache, private"), new("X-Content-Type-Options", "nosniff")],
    };
}
