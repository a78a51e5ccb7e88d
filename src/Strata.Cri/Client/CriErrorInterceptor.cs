using System.Net.Sockets;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Strata.Cri.Client;

/// <summary>Turns gRPC failures into <see cref="CriException"/>, or into <see cref="OperationCanceledException"/> when the
/// caller itself gave up. The one mapping from gRPC errors to ours.</summary>
internal sealed class CriErrorInterceptor(string socketPath) : Interceptor
{
    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context,
        AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        var call = continuation(request, context);
        var response = MapAsync(call.ResponseAsync, context.Method.Name, context.Options.CancellationToken);
        return new AsyncUnaryCall<TResponse>(response, call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    private async Task<TResponse> MapAsync<TResponse>(Task<TResponse> response, string method, CancellationToken cancellationToken)
    {
        try
        {
            return await response;
        }
        catch (RpcException e)
        {
            throw Map(e, method, cancellationToken);
        }
    }

    /// <summary>Also used by the streaming calls, whose reads no interceptor sees.</summary>
    public Exception Map(RpcException e, string method, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested && e.StatusCode is StatusCode.Cancelled or StatusCode.Unavailable)
        {
            return new OperationCanceledException($"{method} was cancelled", e, cancellationToken);
        }
        if (e.StatusCode == StatusCode.DeadlineExceeded)
        {
            return new CriException(e.StatusCode, $"{method}: containerd at {socketPath} did not answer in time", e);
        }
        if (e.StatusCode is StatusCode.Unavailable or StatusCode.Internal && e.Status.DebugException is { } cause)
        {
            // A broken or refused connection shows as Unavailable or Internal with the transport's exception inside.
            return new CriException(
                StatusCode.Unavailable, $"cannot reach containerd at {socketPath}: {Innermost(cause)}", e);
        }
        return new CriException(e.StatusCode, $"{method}: {e.Status.Detail}", e);
    }

    private static string Innermost(Exception exception)
    {
        while (exception.InnerException is { } inner && exception is not SocketException)
        {
            exception = inner;
        }
        return exception.Message;
    }
}
