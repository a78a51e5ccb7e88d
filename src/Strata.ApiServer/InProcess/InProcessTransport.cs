using System.Globalization;
using Strata.Api.Errors;
using Strata.ApiServer.Authentication;
using Strata.ApiServer.Http;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Requests;
using Strata.ApiServer.Tracing;
using Strata.Client;
using Strata.Store;

namespace Strata.ApiServer.InProcess;

/// <summary>Calls the API server of this process as a given user: the same authentication result, authorization, admission and rules as over HTTPS, but reads hand over the
/// objects of the watch cache, so that all in the process share one decoded instance. Thread-safe.</summary>
internal sealed class InProcessTransport(ApiDispatcher dispatcher, UserIdentity user, CancellationToken stopping) : IApiTransport
{
    public async Task<ApiObject> SendAsync(ApiRequest request, CancellationToken cancellationToken) =>
        await ExecuteAsync(request, cancellationToken) switch
        {
            ObjectResult found => found.Object,
            DocumentResult document => new ApiObject(document.Content),
            var other => throw Unexpected(request, other),
        };

    public async Task<ApiObjectList> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (await ExecuteAsync(request, cancellationToken) is not ListResult { Page: var page })
        {
            throw ApiErrors.BadRequest($"{request.Path} is not a list");
        }

        var items = new ApiObject[page.Items.Count];
        for (var index = 0; index < items.Length; index++)
        {
            items[index] = ServedObject.SharedOf(page.Items[index]);
        }

        return new ApiObjectList(items, page.Revision.ToString(CultureInfo.InvariantCulture), page.Continue);
    }

    public async IAsyncEnumerable<ApiWatchFrame> WatchAsync(
        ApiRequest request, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
        if (await ExecuteAsync(request, either.Token) is not WatchResult watch)
        {
            throw ApiErrors.BadRequest($"{request.Path} is not a watch: its query lacks watch=true");
        }

        await using var frames = watch.Frames.GetAsyncEnumerator(either.Token);
        while (await NextAsync(frames, cancellationToken))
        {
            yield return frames.Current;
        }
    }

    public async Task<Stream> OpenStreamAsync(ApiRequest request, CancellationToken cancellationToken) =>
        await ExecuteAsync(request, cancellationToken) switch
        {
            StreamResult stream => new NodeStream(stream.Response),
            ConnectResult or ProxyResult => throw ApiErrors.BadRequest("upgraded and proxied connections need a connection: use HTTPS"),
            DocumentResult document => new MemoryStream(document.Content.ToArray(), writable: false),
            var other => throw Unexpected(request, other),
        };

    // When the server stops, the stream ends as it would after its time.
    private async ValueTask<bool> NextAsync(IAsyncEnumerator<ApiWatchFrame> frames, CancellationToken cancellationToken)
    {
        try
        {
            return await frames.MoveNextAsync();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private async ValueTask<ApiResult> ExecuteAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (stopping.IsCancellationRequested)
        {
            throw ApiErrors.Unavailable("the API server has stopped");
        }

        var query = QueryParameters.Parse(request.Query);
        var call = new ApiCall
        {
            User = user,
            Info = RequestInfo.Parse(request.Method.Method, request.Path, query),
            Query = query,
            Body = request.Body,
            ContentType = MediaTypes.Base(request.ContentType),
        };
        using var span = ApiTraces.Call(call.Info, request.Method.Method);
        try
        {
            return await dispatcher.ExecuteAsync(call, cancellationToken);
        }
        catch (StoreException failed)
        {
            throw StoreFailures.ToApi(failed);
        }
        catch (ObjectDisposedException stopped) when (stopping.IsCancellationRequested)
        {
            throw ApiErrors.Unavailable("the API server has stopped", stopped);
        }
    }

    private static InvalidOperationException Unexpected(ApiRequest request, ApiResult result) =>
        new($"{request.Method} {request.Path} came to a {result.GetType().Name}, which this call does not take");
}
