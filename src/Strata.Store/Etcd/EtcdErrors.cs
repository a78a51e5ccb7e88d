using System.Net.Sockets;
using Grpc.Core;

namespace Strata.Store.Etcd;

/// <summary>Sorts the failures of etcd calls (etcd: api/v3rpc/rpctypes/error.go).</summary>
internal static class EtcdErrors
{
    /// <summary>Another member, or the same one a little later, may well answer.</summary>
    public static bool IsTransient(Exception failure) => failure is RpcException rpc
        ? rpc.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Cancelled
            || (rpc.StatusCode is StatusCode.Internal or StatusCode.Unknown && rpc.Status.DebugException is not null)
        : failure is OperationCanceledException; // The attempt took too long.

    /// <summary>The request never left this process, so it cannot have had an effect.</summary>
    public static bool WasNeverSent(Exception failure) => failure is RpcException rpc && rpc.Status.DebugException switch
    {
        // Grpc.Net.Client opens the connection itself, ahead of the call; an error on an open connection would come wrapped.
        SocketException => rpc.Status.Detail.StartsWith("Error connecting to subchannel", StringComparison.Ordinal),
        HttpRequestException http => http.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError,
        _ => false,
    };

    public static bool IsCompacted(RpcException failure) => Says(failure, "required revision has been compacted");

    public static bool IsFuture(RpcException failure) => Says(failure, "required revision is a future revision");

    /// <summary>A refusal, by which nothing was written.</summary>
    public static StoreException ToException(RpcException failure, EtcdEndpoint endpoint)
    {
        var detail = failure.Status.Detail;
        if (Says(failure, "database space exceeded"))
        {
            return new StoreFullException(
                "etcd has reached its quota; compact and defragment it, then run `etcdctl alarm disarm`, or give it a larger --quota-backend-bytes", failure);
        }

        if (Says(failure, "request is too large") || (failure.StatusCode == StatusCode.ResourceExhausted && Says(failure, "message larger than max")))
        {
            return new StoreValueTooLargeException("the object is larger than etcd accepts; raise its --max-request-bytes to store such objects");
        }

        return failure.StatusCode switch
        {
            StatusCode.Unauthenticated or StatusCode.PermissionDenied => new StoreException($"etcd at {endpoint} refuses this user: {detail}", failure),
            StatusCode.DataLoss => new StoreCorruptException($"etcd at {endpoint} reports damage: {detail}"),
            _ => new StoreException($"etcd at {endpoint} failed: {detail} ({failure.StatusCode})", failure),
        };
    }

    /// <summary>The cause, without the layers that only repeat it.</summary>
    public static string Reason(Exception? failure)
    {
        switch (failure)
        {
            case null or OperationCanceledException:
                return "no answer in time";
            case RpcException { Status.DebugException: { } cause }:
                return cause.GetBaseException().Message.TrimEnd('.');
            case RpcException rpc:
                return rpc.Status.Detail;
            default:
                return failure.GetBaseException().Message.TrimEnd('.');
        }
    }

    private static bool Says(RpcException failure, string words) => failure.Status.Detail.Contains(words, StringComparison.Ordinal);
}
