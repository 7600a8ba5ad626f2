/** Messages of WS-Discovery as they stand in specifications and as cameras were seen to write them; layout is the source's. */

export const asked = '84ede3de-7dec-11d0-c360-f01234567890'

/** ONVIF Core §7.3.6.2: the answer of a device in two networks. */
export const onvifCore = `<?xml version="1.0" encoding="UTF-8"?>
<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"
            xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing"
            xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"
            xmlns:dn="http://www.onvif.org/ver10/network/wsdl">
 <e:Header>
  <w:MessageID>uuid:84ede3de-7dec-11d0-c360-f01234567891</w:MessageID>
  <w:RelatesTo>uuid:${asked}</w:RelatesTo>
  <w:To e:mustUnderstand="true">http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</w:To>
  <w:Action e:mustUnderstand="true">http://schemas.xmlsoap.org/ws/2005/04/discovery/ProbeMatches</w:Action>
  <d:AppSequence InstanceId="0" MessageNumber="4"/>
 </e:Header>
 <e:Body>
  <d:ProbeMatches>
   <d:ProbeMatch>
    <w:EndpointReference>
     <w:Address>uuid:98190dc2-0890-4ef8-ac9a-5940995e6119</w:Address>
    </w:EndpointReference>
    <d:Types>dn:NetworkVideoTransmitter</d:Types>
    <d:Scopes>
     onvif://www.onvif.org/type/video_encoder
     onvif://www.onvif.org/hardware/MODEL1
     onvif://www.onvif.org/location/country/china
     onvif://www.onvif.org/name/Camera%201
    </d:Scopes>
    <d:XAddrs>http://169.254.76.145/onvif/services http://192.0.2.24/onvif/services</d:XAddrs>
    <d:MetadataVersion>75965</d:MetadataVersion>
   </d:ProbeMatch>
  </d:ProbeMatches>
 </e:Body>
</e:Envelope>`

/** WS-Discovery (2005/04) §5.3, the printers of its example: not what was asked for. */
export const printer = `<s:Envelope xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"
    xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"
    xmlns:i="http://printer.example.org/2003/imaging"
    xmlns:s="http://www.w3.org/2003/05/soap-envelope">
  <s:Header>
    <a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/ProbeMatches</a:Action>
    <a:MessageID>uuid:e32e6863-ea5e-4ee4-997e-69539d1ff2cc</a:MessageID>
    <a:RelatesTo>uuid:${asked}</a:RelatesTo>
    <a:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:To>
    <d:AppSequence InstanceId="1077004800" MessageNumber="2" />
  </s:Header>
  <s:Body>
    <d:ProbeMatches>
      <d:ProbeMatch>
        <a:EndpointReference><a:Address>uuid:98190dc2-0890-4ef8-ac9a-5940995e6119</a:Address></a:EndpointReference>
        <d:Types>i:PrintBasic i:PrintAdvanced</d:Types>
        <d:Scopes>ldap:///ou=engineering,o=examplecom,c=us http://itdept/imaging/deployment/2004-12-04</d:Scopes>
        <d:XAddrs>http://prn-example/PRN42/b42-1668-a</d:XAddrs>
        <d:MetadataVersion>75965</d:MetadataVersion>
      </d:ProbeMatch>
    </d:ProbeMatches>
  </s:Body>
</s:Envelope>`

/** Windows answers a Probe for cameras as well: https://github.com/Quedale/OnvifDeviceManager/issues/14 */
export const windows = `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:pub="http://schemas.microsoft.com/windows/pub/2005/07" xmlns:soap="http://www.w3.org/2003/05/soap-envelope" xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:wsd="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:wsdp="http://schemas.xmlsoap.org/ws/2006/02/devprof"><soap:Header><wsa:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</wsa:To><wsa:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/ProbeMatches</wsa:Action><wsa:RelatesTo>urn:uuid:${asked}</wsa:RelatesTo></soap:Header><soap:Body><wsd:ProbeMatches><wsd:ProbeMatch><wsa:EndpointReference><wsa:Address>urn:uuid:da4a86d1-4362-e82c-a162-d06d1cb8c478</wsa:Address></wsa:EndpointReference><wsd:Types>wsdp:Device pub:Computer</wsd:Types><wsd:MetadataVersion>2</wsd:MetadataVersion></wsd:ProbeMatch></wsd:ProbeMatches></soap:Body></soap:Envelope>`

/** As gSOAP writes it, which is in most cameras. Its own MessageID is ours: https://github.com/andreikop/python-ws-discovery/issues/38 */
export const gsoap = ({
	relatesTo = `uuid:${asked}`,
	address = 'urn:uuid:00110300-6AFB-8301-AC36-001103006AFB',
	types = 'tdn:NetworkVideoTransmitter',
	scopes = 'onvif://www.onvif.org/type/ptz onvif://www.onvif.org/hardware/HW0100302 onvif://www.onvif.org/name/IPC1000',
	xaddrs = 'http://192.0.2.87:2000/onvif/device_service',
}) =>
	`<?xml version="1.0" encoding="UTF-8"?>\n<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope" xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:wsdd="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:tdn="http://www.onvif.org/ver10/network/wsdl" xmlns:tds="http://www.onvif.org/ver10/device/wsdl"><SOAP-ENV:Header><wsa:MessageID>uuid:${asked}</wsa:MessageID><wsa:RelatesTo>${relatesTo}</wsa:RelatesTo><wsa:To SOAP-ENV:mustUnderstand="true">http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</wsa:To><wsa:Action SOAP-ENV:mustUnderstand="true">http://schemas.xmlsoap.org/ws/2005/04/discovery/ProbeMatches</wsa:Action></SOAP-ENV:Header><SOAP-ENV:Body><wsdd:ProbeMatches><wsdd:ProbeMatch><wsa:EndpointReference><wsa:Address>${address}</wsa:Address></wsa:EndpointReference><wsdd:Types>${types}</wsdd:Types><wsdd:Scopes>${scopes}</wsdd:Scopes><wsdd:XAddrs>${xaddrs}</wsdd:XAddrs><wsdd:MetadataVersion>1</wsdd:MetadataVersion></wsdd:ProbeMatch></wsdd:ProbeMatches></SOAP-ENV:Body></SOAP-ENV:Envelope>`

/** A device says to all that it is there (WS-Discovery §4.1), or that it goes (§4.2, with its endpoint alone). */
export const hello = onvifCore
	.replace(/<w:RelatesTo>.*<\/w:RelatesTo>\n/, '')
	.replaceAll('ProbeMatches', 'Hello')
	.replace(/<\/?d:ProbeMatch>/g, '')
export const bye = onvifCore
	.replace(/<w:RelatesTo>.*<\/w:RelatesTo>\n/, '')
	.replaceAll('ProbeMatches', 'Bye')
	.replace(/<\/?d:ProbeMatch>/g, '')
	.replace(/<d:Types>[\s\S]*<\/d:MetadataVersion>/, '')
