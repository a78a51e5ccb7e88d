using System.Net;
using Strata.Controllers.Certificates;

namespace Strata.Controllers.Tests.Certificates;

public sealed class SignerRulesTests
{
    private const string Node = "O=system:nodes, CN=system:node:n1";

    private static readonly string[] Client = ["client auth", "digital signature"];
    private static readonly string[] Server = ["server auth", "digital signature", "key encipherment"];

    public static TheoryData<string, string, string[], string?, bool, string?> Cases => new()
    {
        { Signers.ApiServerClient, "CN=jane", Client, null, false, null },
        { Signers.ApiServerClient, "CN=jane", Server, null, false, "usages must include \"client auth\"" },
        { Signers.ApiServerClient, "CN=jane", [.. Client, "cert sign"], null, false, "usage \"cert sign\" is not allowed" },
        { Signers.ApiServerClientKubelet, Node, Client, null, false, null },
        { Signers.ApiServerClientKubelet, "O=dev, CN=system:node:n1", Client, null, false, "subject organization is not system:nodes" },
        { Signers.ApiServerClientKubelet, "O=system:nodes, O=dev, CN=system:node:n1", Client, null, false, "subject organization is not system:nodes" },
        { Signers.ApiServerClientKubelet, "O=system:nodes, CN=n1", Client, null, false, "subject common name does not begin with system:node:" },
        { Signers.ApiServerClientKubelet, Node, Client, "n1", false, "DNS subjectAltNames are not allowed" },
        { Signers.ApiServerClientKubelet, Node, Client, null, true, "IP subjectAltNames are not allowed" },
        { Signers.ApiServerClientKubelet, Node, Server, null, false, "usages must include \"client auth\"" },
        { Signers.KubeletServing, Node, Server, "n1", true, null },
        { Signers.KubeletServing, Node, Server, null, false, "DNS or IP subjectAltName is required" },
        { Signers.KubeletServing, Node, Client, "n1", false, "usages must include \"server auth\"" },
        { "example.com/other", Node, Client, null, false, "unknown signer \"example.com/other\"" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_signer_signs_only_what_it_is_for(string signer, string subject, string[] usages, string? dnsName, bool withAddress, string? problem)
    {
        var request = TestRequest.Of("a", signer, subject, usages, dnsName, withAddress ? IPAddress.Loopback : null);
        Assert.Equal(problem, SignerRules.ProblemOf(signer, ParsedRequest.Read(request)!, usages));
    }
}
